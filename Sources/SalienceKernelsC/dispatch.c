#include "salience_kernels.h"
