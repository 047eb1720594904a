#include "activation_functions.h"
#include "salience_kernels.h"

SALIENCE_ACTIVATION(salience_gelu, gelu)
SALIENCE_ACTIVATION(salience_gelu_tanh, gelu_tanh)
