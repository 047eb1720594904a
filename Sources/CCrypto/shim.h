// SHA-256 by itself, not through OpenSSL's EVP: that reads the system's openssl.cnf, opens providers, can fail, and
// cleans up at the process's exit, when another thread may still be reading a file. These functions only compute.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
