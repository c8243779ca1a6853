package fromgo

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// randomNames are those of types, methods, fields and parameters: plain ones, and ones that mean something in .proto
// files or in generated code.
var randomNames = []string{
	"Store", "StoreService", "Event", "EventEntry", "GetRequest", "GetResponse", "Get", "Get_", "Get_Value", "GetValue",
	"Handshake", "PluginSet", "Serve", "UnimplementedStore", "StoreGRPCClient", "Service", "Plugins", "Notifier",
	"Google", "Größe", "X1", "X_1", "ErrNotFound", "Reset", "String", "ProtoReflect", "Descriptor", "Type", "Error",
	"HTTPServerIDs", "StringList", "Color", "Red", "COLOR_RED", "event", "store", "数", "Message", "Option", "Stream",
}

// A sourceWriter writes a random Go package with an interface Store.
type sourceWriter struct {
	*rapid.T
	declared []string
}

func randomSource(t *rapid.T) string {
	w := &sourceWriter{T: t}
	w.declared = rapid.SliceOfNDistinct(rapid.SampledFrom(randomNames[1:]), 0, 5, rapid.ID[string]).Draw(t, "declared")
	var b strings.Builder
	b.WriteString("package store\n\nimport (\n\t\"context\"\n\t\"io\"\n\t\"iter\"\n\t\"math/big\"\n\t\"time\"\n\n\t\"google.golang.org/protobuf/types/known/structpb\"\n)\n\n")
	b.WriteString("var (\n\t_ context.Context\n\t_ io.Reader\n\t_ iter.Seq[int]\n\t_ big.Int\n\t_ time.Time\n\t_ *structpb.Struct\n)\n\n")
	for i, name := range w.declared {
		b.WriteString(w.declaration(name, i))
	}
	b.WriteString("type Store " + w.iface() + "\n")
	return b.String()
}

func (w *sourceWriter) pick(label string, choices ...string) string {
	return rapid.SampledFrom(choices).Draw(w.T, label)
}

// declaration returns a type, some of its constants, or an error.
func (w *sourceWriter) declaration(name string, i int) string {
	switch w.pick("declaration", "struct", "type", "enum", "interface", "alias", "error") {
	case "struct":
		return "type " + name + " " + w.structure(2) + "\n"
	case "enum":
		return fmt.Sprintf("type %s %s\nconst (\n\tA%d %s = iota\n\tB_%d\n\tRed%d %s = 5 * iota\n)\n",
			name, w.pick("integer", "int", "uint8", "int64"), i, name, i, i, name)
	case "interface":
		return "type " + name + " " + w.iface() + "\n"
	case "alias":
		return "type " + name + " = " + w.typ(1) + "\n"
	case "error":
		return "var " + name + " error\n"
	}
	return "type " + name + " " + w.typ(2) + "\n"
}

func (w *sourceWriter) iface() string {
	var b strings.Builder
	b.WriteString("interface {\n")
	for _, name := range w.names("methods", 4) {
		fmt.Fprintf(&b, "\t%s(%s) %s\n", name, w.params(), w.results())
	}
	if rapid.IntRange(0, 5).Draw(w.T, "embed") == 0 {
		b.WriteString("\t" + w.pick("embedded", "io.Closer", "error", "context.Context", "Event", "Notifier") + "\n")
	}
	return b.String() + "}\n"
}

func (w *sourceWriter) names(label string, most int) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(randomNames), 0, most, rapid.ID[string]).Draw(w.T, label)
}

func (w *sourceWriter) params() string {
	var list []string
	named := rapid.Bool().Draw(w.T, "named")
	if rapid.IntRange(0, 4).Draw(w.T, "context") > 0 {
		list = append(list, w.param(named, "ctx", "context.Context"))
	}
	for _, name := range w.names("parameters", 3) {
		list = append(list, w.param(named, name, w.part()))
	}
	if rapid.IntRange(0, 9).Draw(w.T, "variadic") == 0 {
		list = append(list, w.param(named, "rest", "..."+w.typ(1)))
	}
	return strings.Join(list, ", ")
}

func (w *sourceWriter) param(named bool, name, typ string) string {
	if named {
		return name + " " + typ
	}
	return typ
}

func (w *sourceWriter) results() string {
	var list []string
	for range rapid.IntRange(0, 2).Draw(w.T, "results") {
		list = append(list, w.part())
	}
	if rapid.IntRange(0, 4).Draw(w.T, "error") > 0 {
		list = append(list, "error")
	}
	return "(" + strings.Join(list, ", ") + ")"
}

// part returns the type of a parameter or result, which can be a stream.
func (w *sourceWriter) part() string {
	switch w.pick("part", "type", "type", "type", "iterator", "pairs", "receive", "send", "io", "func", "exact", "exact") {
	case "iterator":
		return "iter.Seq2[" + w.typ(1) + ", error]"
	case "pairs":
		return "iter.Seq2[" + w.typ(1) + ", " + w.typ(1) + "]"
	case "receive":
		return "<-chan " + w.typ(1)
	case "send":
		return "chan<- " + w.typ(1)
	case "io":
		return w.pick("io", "io.Reader", "io.ReadCloser", "io.Writer")
	case "func":
		call := "func(" + w.typ(1) + ") " + w.pick("call", "", "bool", "error", "(string, error)")
		return w.pick("func", call, "func(yield "+call+")")
	case "exact": // what comes back as it is
		return w.pick("exact", "string", "int64", "[]byte", "[]string", "map[string]string", "time.Time", "*string", "*structpb.Struct", "iter.Seq2[string, error]")
	}
	return w.typ(2)
}

// typ returns a type, with at most depth others inside one another.
func (w *sourceWriter) typ(depth int) string {
	if len(w.declared) > 0 && rapid.IntRange(0, 2).Draw(w.T, "declared type") == 0 {
		return rapid.SampledFrom(w.declared).Draw(w.T, "name")
	}
	if depth == 0 {
		return w.pick("basic", "bool", "string", "int", "uint8", "int32", "rune", "int64", "uint64", "float64", "[]byte", "error", "any", "complex64", "uintptr")
	}
	switch w.pick("kind", "basic", "slice", "array", "map", "pointer", "struct", "func", "chan", "known", "interface") {
	case "slice":
		return "[]" + w.typ(depth-1)
	case "array":
		return "[3]" + w.typ(depth-1)
	case "map":
		return "map[" + w.pick("key", "string", "int", "bool", "float64", "int64", "[2]int", "time.Time") + "]" + w.typ(depth-1)
	case "pointer":
		return "*" + w.typ(depth-1)
	case "struct":
		return w.structure(depth - 1)
	case "func":
		return "func(" + w.typ(depth-1) + ")"
	case "chan":
		return "chan " + w.typ(depth-1)
	case "known":
		return w.pick("known", "time.Time", "time.Duration", "time.Month", "*structpb.Struct", "structpb.Value", "big.Int", "io.Reader", "io.Seeker", "context.Context")
	case "interface":
		return "interface{ Do() }"
	}
	return w.typ(0)
}

func (w *sourceWriter) structure(depth int) string {
	var fields []string
	for _, name := range w.names("fields", 3) {
		fields = append(fields, name+" "+w.typ(depth))
	}
	if rapid.IntRange(0, 5).Draw(w.T, "embedded struct") == 0 {
		fields = append(fields, w.pick("embedded", "big.Int", "*time.Time", "event", "*event", "store"))
	}
	return "struct{ " + strings.Join(fields, "; ") + " }"
}
