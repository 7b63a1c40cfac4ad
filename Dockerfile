# syntax=docker/dockerfile:1
#
# agent-source-db in one small image: built here, UI and all, by the same `cargo xtask build` that
# everybody uses; run as nobody, without a shell, with a read-only root if you like.
#
#   docker build --build-arg GIT_COMMIT="$(git rev-parse --short=12 HEAD)" -t agent-source-db .
#
# Builds for amd64 and arm64 alike: nothing below names an architecture. Behind a mirror, name other
# base images by build arguments; both Debian releases must be the same, since the binary links glibc.
ARG RUST_IMAGE=docker.io/library/rust:1.95-slim-bookworm
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian12:nonroot

FROM ${NODE_IMAGE} AS node

# What compiles: Rust with the browser's target, and Node.js for wasm-opt from npm.
FROM ${RUST_IMAGE} AS toolchain
WORKDIR /build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && rustup target add wasm32-unknown-unknown \
    && cargo install cargo-chef --version 0.1.78 --locked --root /usr/local

# The recipe says what the workspace depends on, and changes with nothing else.
FROM toolchain AS recipe
COPY . .
RUN cargo chef prepare --recipe-path recipe.json

# Dependencies, once for each of the three builds that `cargo xtask build` makes: the builder itself,
# the UI's module, the server. These layers live as long as Cargo.lock and the manifests.
FROM toolchain AS build
COPY --from=recipe /build/recipe.json recipe.json
RUN cargo chef cook --recipe-path recipe.json --package xtask
RUN cargo chef cook --recipe-path recipe.json --package app --no-default-features --features hydrate \
    --target wasm32-unknown-unknown --profile wasm-release
RUN cargo chef cook --recipe-path recipe.json --package server --release
COPY . .
ARG GIT_COMMIT=unknown
RUN GIT_COMMIT="${GIT_COMMIT}" cargo xtask build \
    && mkdir -p /image/state && mkdir -m 0700 /image/state/data /image/state/logs \
    && cp target/release/agent-source-db /image/

FROM ${RUNTIME_IMAGE}
ARG GIT_COMMIT=unknown
LABEL org.opencontainers.image.title="agent-source-db" \
    org.opencontainers.image.description="A registry of A2A agent cards with its operations desk built in" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.revision="${GIT_COMMIT}"
WORKDIR /app
COPY --from=build /image/agent-source-db /app/agent-source-db
# data/ and logs/: a volume that is mounted there for the first time takes over who owns them.
COPY --from=build --chown=65532:65532 /image/state/ /app/
ENV APP_ENV=production \
    LISTEN_ADDR=0.0.0.0:8000 \
    LOG_DIR=/app/logs \
    LOG_FORMAT=json
USER 65532:65532
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/app/agent-source-db", "probe"]
ENTRYPOINT ["/app/agent-source-db"]
CMD ["serve"]
