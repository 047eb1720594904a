/// The version that `salience --version` and the tables' metadata state.
public let salienceVersion = "0.1.0"
