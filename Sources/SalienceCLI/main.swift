print("salience")
