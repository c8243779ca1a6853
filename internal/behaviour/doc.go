// Package behaviour holds the tests of what the generated glue does while a plugin runs: streams that end early on
// either side, errors in their middle, panics, back-pressure, large copies, callbacks, plugins that die. The glue is
// behaviourpb's, and the connections and processes are real.
package behaviour
