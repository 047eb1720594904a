#include "activation_functions.h"
#include "salience_kernels.h"

SALIENCE_ACTIVATION(salience_relu, relu)
SALIENCE_ACTIVATION(salience_tanh, hyperbolic)
SALIENCE_ACTIVATION(salience_silu, silu)
SALIENCE_ACTIVATION(salience_sigmoid, sigmoid)
