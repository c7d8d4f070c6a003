//! Kubeconfig, discovery, informers and offline sources as one stream of deltas.
