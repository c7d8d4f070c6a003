//! Boxes and edges to positions and routes; pure, deterministic; knows nothing of Kubernetes.
