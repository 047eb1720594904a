// Salience
