//! A connection that counts the rows it returned or changed: what `db.log` says of a slow operation,
//! and no result type could say of itself.

use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use diesel::connection::{CacheSize, Instrumentation, TransactionManagerStatus};
use diesel::query_builder::{AsQuery, QueryFragment, QueryId};
use diesel::{ConnectionResult, QueryResult};
use diesel_async::pooled_connection::PoolableConnection;
use diesel_async::{
    AsyncConnection, AsyncConnectionCore, SimpleAsyncConnection, TransactionManager,
};
use futures_util::Stream;
use pin_project_lite::pin_project;

/// Of all statements since it was last taken.
#[derive(Clone, Default)]
pub(super) struct Rows(Arc<AtomicU64>);

impl Rows {
    fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub fn take(&self) -> u64 {
        self.0.swap(0, Ordering::Relaxed)
    }
}

pub struct Counted<C> {
    inner: C,
    rows: Rows,
}

impl<C> Counted<C> {
    pub fn new(inner: C) -> Self {
        let rows = Rows::default();
        Self { inner, rows }
    }

    pub(super) fn rows(&self) -> Rows {
        self.rows.clone()
    }
}

impl<C: SimpleAsyncConnection + Send> SimpleAsyncConnection for Counted<C> {
    async fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.inner.batch_execute(query).await
    }
}

impl<C: AsyncConnectionCore> AsyncConnectionCore for Counted<C> {
    type ExecuteFuture<'conn, 'query> = Executed<C::ExecuteFuture<'conn, 'query>>;
    type LoadFuture<'conn, 'query> = Loaded<C::LoadFuture<'conn, 'query>>;
    type Stream<'conn, 'query> = Returned<C::Stream<'conn, 'query>>;
    type Row<'conn, 'query> = C::Row<'conn, 'query>;
    type Backend = C::Backend;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> Self::LoadFuture<'conn, 'query>
    where
        T: AsQuery + 'query,
        T::Query: QueryFragment<Self::Backend> + QueryId + 'query,
    {
        Loaded {
            inner: self.inner.load(source),
            rows: self.rows.clone(),
        }
    }

    fn execute_returning_count<'conn, 'query, T>(
        &'conn mut self,
        source: T,
    ) -> Self::ExecuteFuture<'conn, 'query>
    where
        T: QueryFragment<Self::Backend> + QueryId + 'query,
    {
        Executed {
            inner: self.inner.execute_returning_count(source),
            rows: self.rows.clone(),
        }
    }
}

impl<C: AsyncConnection> AsyncConnection for Counted<C> {
    type TransactionManager = Forwarded<C::TransactionManager>;

    async fn establish(database_url: &str) -> ConnectionResult<Self> {
        C::establish(database_url).await.map(Self::new)
    }

    fn transaction_state(
        &mut self,
    ) -> &mut <C::TransactionManager as TransactionManager<C>>::TransactionStateData {
        self.inner.transaction_state()
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        self.inner.instrumentation()
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.inner.set_instrumentation(instrumentation);
    }

    fn set_prepared_statement_cache_size(&mut self, size: CacheSize) {
        self.inner.set_prepared_statement_cache_size(size);
    }
}

/// Transactions are the inner connection's.
pub struct Forwarded<M>(PhantomData<fn() -> M>);

impl<C, M> TransactionManager<Counted<C>> for Forwarded<M>
where
    C: AsyncConnection<TransactionManager = M>,
    M: TransactionManager<C>,
{
    type TransactionStateData = M::TransactionStateData;

    async fn begin_transaction(conn: &mut Counted<C>) -> QueryResult<()> {
        M::begin_transaction(&mut conn.inner).await
    }

    async fn rollback_transaction(conn: &mut Counted<C>) -> QueryResult<()> {
        M::rollback_transaction(&mut conn.inner).await
    }

    async fn commit_transaction(conn: &mut Counted<C>) -> QueryResult<()> {
        M::commit_transaction(&mut conn.inner).await
    }

    fn transaction_manager_status_mut(conn: &mut Counted<C>) -> &mut TransactionManagerStatus {
        M::transaction_manager_status_mut(&mut conn.inner)
    }
}

impl<C: PoolableConnection> PoolableConnection for Counted<C> {
    fn is_broken(&mut self) -> bool {
        self.inner.is_broken()
    }
}

pin_project! {
    /// Of a statement that says how many rows it changed.
    pub struct Executed<F> {
        #[pin]
        inner: F,
        rows: Rows,
    }
}

impl<F: Future<Output = QueryResult<usize>>> Future for Executed<F> {
    type Output = QueryResult<usize>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let changed = ready!(this.inner.poll(cx));
        if let Ok(count) = &changed {
            this.rows.add(*count as u64);
        }
        Poll::Ready(changed)
    }
}

pin_project! {
    /// Of a query, until its rows come.
    pub struct Loaded<F> {
        #[pin]
        inner: F,
        rows: Rows,
    }
}

impl<F: Future<Output = QueryResult<S>>, S> Future for Loaded<F> {
    type Output = QueryResult<Returned<S>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let stream = ready!(this.inner.poll(cx));
        let rows = this.rows.clone();
        Poll::Ready(stream.map(|inner| Returned { inner, rows }))
    }
}

pin_project! {
    /// The rows themselves.
    pub struct Returned<S> {
        #[pin]
        inner: S,
        rows: Rows,
    }
}

impl<S: Stream<Item = QueryResult<R>>, R> Stream for Returned<S> {
    type Item = QueryResult<R>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        let row = ready!(this.inner.poll_next(cx));
        if let Some(Ok(_)) = &row {
            this.rows.add(1);
        }
        Poll::Ready(row)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.size_hint()
    }
}
