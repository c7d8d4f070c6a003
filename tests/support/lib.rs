//! What acceptance tests stand on: a control plane, a fault-injecting proxy, fixtures.
