package cli

import (
	"fmt"
	"slices"
	"strings"
)

// A choice is a flag with a few values.
type choice struct {
	value  *string
	values []string
}

func (c *choice) String() string { return *c.value }

func (c *choice) Type() string { return "string" }

func (c *choice) Set(value string) error {
	if !slices.Contains(c.values, value) {
		return fmt.Errorf("expected %s", strings.Join(c.values, ", "))
	}
	*c.value = value
	return nil
}
