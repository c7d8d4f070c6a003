//! A graph and positions to a scene, and the scene to files.
