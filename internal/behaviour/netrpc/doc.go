// Package netrpc holds the tests of what the generated glue does over net/rpc while a plugin runs: calls that are given
// up, plugins that die, TLS. The glue is netrpcpb's, and the connections and processes are real.
package netrpc
