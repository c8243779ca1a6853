// Package pythontest holds what plugins in Python do while they run: it scaffolds one, and hosts made of generated Go
// drive it as a child process. Its tests need Python 3.11 or newer; what else they need they install below .cache.
package pythontest
