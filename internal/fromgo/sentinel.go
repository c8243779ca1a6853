package fromgo

import (
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// sentinels gives the service a directive for each error value that its package declares: exported, of type error, and
// named Err, as the convention is.
func (c *converter) sentinels(s *service) {
	var list []*types.Var
	scope := s.iface.Pkg().Scope()
	for _, name := range scope.Names() {
		v, ok := scope.Lookup(name).(*types.Var)
		if ok && token.IsExported(name) && strings.HasPrefix(name, "Err") && isError(v.Type()) {
			list = append(list, v)
		}
	}
	slices.SortFunc(list, func(a, b *types.Var) int { return int(a.Pos() - b.Pos()) })
	for _, v := range list {
		if !c.taken.take(v.Name()) {
			s.add(c.problem(v, LeftOut, "error %s is left out: another declaration in the generated package has its name", v.Name()))
			continue
		}
		code := codeOf(v.Name())
		s.Directives = append(s.Directives, "goplugin:error name="+v.Name()+" code="+code)
		s.add(c.problem(v, Changed, "error %s becomes %s.%s, a value of its own, with the code %s that its name suggests: plugins return that one, and hosts ask errors.Is for it (\"var %s = %s.%s\" makes both one)",
			v.Name(), c.generated.Name(), v.Name(), code, v.Name(), c.generated.Name(), v.Name()))
	}
}

// codeOf returns the gRPC code that an error's name suggests, as google.rpc.Code writes it; UNKNOWN where it suggests
// none.
func codeOf(name string) string {
	text := " " + strings.ToLower(strings.Join(words(name), " ")) + " "
	for _, c := range []struct{ code, beginnings string }{
		{"NOT_FOUND", "not found|notfound|no such|missing|not exist|unknown"},
		{"ALREADY_EXISTS", "exist|duplicate"},
		{"PERMISSION_DENIED", "permission|denied|forbidden|not allowed"},
		{"UNAUTHENTICATED", "unauthenticated|unauthorized|credential"},
		{"DEADLINE_EXCEEDED", "timeout|timed out|deadline"},
		{"CANCELLED", "cancel"},
		{"UNAVAILABLE", "unavailable|not ready|offline|bad conn"},
		{"UNIMPLEMENTED", "unsupported|not supported|unimplemented|not implemented"},
		{"RESOURCE_EXHAUSTED", "exhausted|too many|too large|quota|limit|full "},
		{"OUT_OF_RANGE", "out of range|range"},
		{"ABORTED", "conflict|abort|stale"},
		{"DATA_LOSS", "corrupt|data loss"},
		{"INVALID_ARGUMENT", "invalid|malformed|bad |illegal"},
		{"FAILED_PRECONDITION", "closed|locked|busy|state|precondition"},
		{"INTERNAL", "internal"},
	} {
		if slices.ContainsFunc(strings.Split(c.beginnings, "|"), func(word string) bool { return strings.Contains(text, " "+word) }) {
			return c.code
		}
	}
	return "UNKNOWN"
}
