package fromgo

import (
	"cmp"
	goconstant "go/constant"
	"go/types"
	"math"
	"slices"
)

// A constant is one of an integer type.
type constant struct {
	*types.Const
	number int64
}

// constantsOf returns the exported constants of an integer type that its own package declares, in the order of their
// declaration; none where an enum of .proto cannot hold one of them.
func constantsOf(t *types.Named) []constant {
	basic, ok := t.Underlying().(*types.Basic)
	if !ok || basic.Info()&types.IsInteger == 0 {
		return nil
	}
	var list []constant
	scope := t.Obj().Pkg().Scope()
	for _, name := range scope.Names() {
		k, ok := scope.Lookup(name).(*types.Const)
		if !ok || !k.Exported() || !types.Identical(k.Type(), t) {
			continue
		}
		number, exact := goconstant.Int64Val(k.Val())
		if !exact || number < math.MinInt32 || number > math.MaxInt32 {
			return nil
		}
		list = append(list, constant{k, number})
	}
	slices.SortStableFunc(list, func(a, b constant) int {
		return cmp.Or(cmp.Compare(a.Pos(), b.Pos()), cmp.Compare(a.number, b.number))
	})
	return list
}

// isEnum reports whether constants are the values of an enum, and not flags: three or more powers of two.
func isEnum(constants []constant) bool {
	if len(constants) == 0 {
		return false
	}
	powers := map[int64]bool{}
	for _, k := range constants {
		switch {
		case k.number == 0:
		case k.number > 0 && k.number&(k.number-1) == 0:
			powers[k.number] = true
		default:
			return true
		}
	}
	return len(powers) < 3
}
