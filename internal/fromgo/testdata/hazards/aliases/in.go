package aliases

import "hazard.test/aliases/other"

// Store is the Store of another package.
type Store = other.Store
