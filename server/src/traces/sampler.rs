//! [`Sampler`]: which traces are recorded, as `OTEL_TRACES_SAMPLER` says:
//! <https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration>.

use super::id::{Caller, TraceId};

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampler {
    /// What the caller does is done here, too.
    follows_caller: bool,
    /// Of traces that begin here, or of all, 0–1.
    share: f64,
}

impl Sampler {
    /// `argument` counts for those of a share, and is all of them if there is none.
    ///
    /// # Errors
    /// What would be right, if there is no sampler of that name.
    pub fn of(name: &str, argument: Option<f64>) -> Result<Self, String> {
        let share = argument.unwrap_or(1.0);
        let (follows_caller, share) = match name {
            "always_on" => (false, 1.0),
            "always_off" => (false, 0.0),
            "traceidratio" => (false, share),
            "parentbased_always_on" => (true, 1.0),
            "parentbased_always_off" => (true, 0.0),
            "parentbased_traceidratio" => (true, share),
            _ => {
                return Err(
                    "always_on, always_off, traceidratio, parentbased_always_on, \
                     parentbased_always_off or parentbased_traceidratio"
                        .to_owned(),
                );
            }
        };
        Ok(Self {
            follows_caller,
            share,
        })
    }

    pub fn takes(self, trace: TraceId, caller: Option<&Caller>) -> bool {
        match caller {
            Some(caller) if self.follows_caller => caller.is_sampled,
            _ => self.takes_share(trace),
        }
    }

    /// The same for the same trace in every process that samples the same share, and in those whose
    /// SDK compares the same 63 bits, as those of Go and Rust do.
    fn takes_share(self, trace: TraceId) -> bool {
        const WHOLE: f64 = (1_u64 << 63) as f64;
        self.share >= 1.0 || ((trace.lower() >> 1) as f64) < self.share * WHOLE
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::traces::SpanId;

    fn caller(is_sampled: bool) -> Caller {
        Caller {
            trace_id: TraceId::random(),
            span_id: SpanId::random(),
            is_sampled,
        }
    }

    /// Of a thousand traces.
    fn taken(sampler: Sampler, caller: Option<&Caller>) -> usize {
        let traces = (0..1000).map(|_| TraceId::random());
        traces.filter(|trace| sampler.takes(*trace, caller)).count()
    }

    #[test]
    fn each_takes_its_share_of_what_begins_here() {
        for (name, argument, expected) in [
            ("always_on", None, 1000..=1000),
            ("always_off", None, 0..=0),
            ("traceidratio", Some(0.0), 0..=0),
            ("traceidratio", Some(1.0), 1000..=1000),
            ("traceidratio", None, 1000..=1000),
            ("parentbased_traceidratio", Some(0.5), 400..=600),
            ("parentbased_always_on", Some(0.0), 1000..=1000),
            ("parentbased_always_off", None, 0..=0),
        ] {
            let sampler = Sampler::of(name, argument).unwrap();
            let taken = taken(sampler, None);
            assert!(expected.contains(&taken), "{name} {argument:?}: {taken}");
        }
    }

    #[test]
    fn a_caller_decides_where_the_sampler_says_so() {
        for (name, recorded, not_recorded) in [
            ("always_on", 1000, 1000),
            ("always_off", 0, 0),
            ("parentbased_always_on", 1000, 0),
            ("parentbased_always_off", 1000, 0),
        ] {
            let sampler = Sampler::of(name, None).unwrap();
            assert_eq!(taken(sampler, Some(&caller(true))), recorded, "{name}");
            assert_eq!(taken(sampler, Some(&caller(false))), not_recorded, "{name}");
        }
    }

    #[test]
    fn two_processes_choose_the_same_traces() {
        let sampler = Sampler::of("traceidratio", Some(0.25)).unwrap();
        let low = TraceId::from_hex("ffffffffffffffff1fffffffffffffff").unwrap();
        let high = TraceId::from_hex("00000000000000004000000000000000").unwrap();
        assert!(sampler.takes(low, None));
        assert!(!sampler.takes(high, None));
    }

    #[test]
    fn another_name_is_refused() {
        let error = Sampler::of("jaeger_remote", None).unwrap_err();
        assert!(error.contains("parentbased_traceidratio"), "{error}");
    }
}
