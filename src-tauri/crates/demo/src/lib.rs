//! An embedded cluster to try things on: a small Kubernetes API, one scenario, generated scale, its own clock.
