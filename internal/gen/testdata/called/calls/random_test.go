package calls

import (
	"math"
	"reflect"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"pgregory.net/rapid"
)

// nesting is how deep random messages go.
const nesting = 3

var (
	timeType     = reflect.TypeFor[time.Time]()
	durationType = reflect.TypeFor[time.Duration]()
)

// randomValue returns a value of a Go type that parameters and results have. absent says whether a message may be nil.
func randomValue(t *rapid.T, typ reflect.Type, absent bool) reflect.Value {
	switch {
	case typ == timeType:
		return reflect.ValueOf(randomTime(t))
	case typ == durationType:
		return reflect.ValueOf(time.Duration(rapid.Int64().Draw(t, "duration")))
	}
	switch typ.Kind() {
	case reflect.Interface: // a callback; internal/behaviour calls them
		return reflect.Zero(typ)
	case reflect.Slice:
		return randomSlice(t, typ)
	case reflect.Map:
		return randomMap(t, typ)
	case reflect.Pointer:
		return randomPointer(t, typ, absent)
	}
	if enum, ok := reflect.Zero(typ).Interface().(protoreflect.Enum); ok {
		value := reflect.New(typ).Elem()
		value.SetInt(int64(randomEnum(t, enum.Descriptor())))
		return value
	}
	return randomScalar(t, typ)
}

func randomTime(t *rapid.T) time.Time {
	if rapid.IntRange(0, 9).Draw(t, "zero time") == 0 {
		return time.Time{}
	}
	const first, last = -62135596800, 253402300799 // the years 1 and 9999
	seconds := rapid.Int64Range(first, last).Draw(t, "seconds")
	nanos := rapid.Int64Range(0, 999_999_999).Draw(t, "nanos")
	zone := time.FixedZone("somewhere", rapid.IntRange(-12, 14).Draw(t, "zone")*3600)
	return time.Unix(seconds, nanos).In(zone)
}

func randomSlice(t *rapid.T, typ reflect.Type) reflect.Value {
	n := rapid.IntRange(-1, 4).Draw(t, "length")
	if n < 0 {
		return reflect.Zero(typ)
	}
	slice := reflect.MakeSlice(typ, n, n)
	for i := range n {
		slice.Index(i).Set(randomValue(t, typ.Elem(), true))
	}
	return slice
}

func randomMap(t *rapid.T, typ reflect.Type) reflect.Value {
	n := rapid.IntRange(-1, 4).Draw(t, "length")
	if n < 0 {
		return reflect.Zero(typ)
	}
	m := reflect.MakeMap(typ)
	for range n {
		m.SetMapIndex(randomValue(t, typ.Key(), false), randomValue(t, typ.Elem(), true))
	}
	return m
}

func randomPointer(t *rapid.T, typ reflect.Type, absent bool) reflect.Value {
	message, isMessage := reflect.New(typ.Elem()).Interface().(proto.Message)
	if isMessage && proto.CheckInitialized(message) != nil {
		absent = false
	}
	if absent && rapid.Bool().Draw(t, "nil") {
		return reflect.Zero(typ)
	}
	if isMessage {
		return reflect.ValueOf(randomMessage(t, message.ProtoReflect(), nesting).Interface())
	}
	pointer := reflect.New(typ.Elem())
	pointer.Elem().Set(randomValue(t, typ.Elem(), false))
	return pointer
}

func randomScalar(t *rapid.T, typ reflect.Type) reflect.Value {
	value := reflect.New(typ).Elem()
	switch typ.Kind() {
	case reflect.Bool:
		value.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int32, reflect.Int64:
		value.SetInt(randomInt(t, typ.Bits()))
	case reflect.Uint8, reflect.Uint32, reflect.Uint64:
		value.SetUint(rapid.Uint64().Draw(t, "uint") >> (64 - typ.Bits()))
	case reflect.Float32:
		value.SetFloat(float64(randomFloat32(t)))
	case reflect.Float64:
		value.SetFloat(randomFloat64(t))
	case reflect.String:
		value.SetString(randomString(t))
	default:
		t.Fatalf("no random value for %v", typ)
	}
	return value
}

func randomInt(t *rapid.T, bits int) int64 {
	return rapid.Int64().Draw(t, "int") >> (64 - bits)
}

func randomFloat64(t *rapid.T) float64 {
	special := []float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat64, math.SmallestNonzeroFloat64}
	return rapid.OneOf(rapid.Float64(), rapid.SampledFrom(special)).Draw(t, "float64")
}

func randomFloat32(t *rapid.T) float32 {
	special := []float32{0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), math.MaxFloat32}
	return rapid.OneOf(rapid.Float32(), rapid.SampledFrom(special)).Draw(t, "float32")
}

func randomString(t *rapid.T) string {
	return strings.ToValidUTF8(rapid.String().Draw(t, "string"), "?")
}

// randomEnum returns a declared value, or any where the enum is open.
func randomEnum(t *rapid.T, enum protoreflect.EnumDescriptor) protoreflect.EnumNumber {
	if !enum.IsClosed() && rapid.IntRange(0, 4).Draw(t, "unknown") == 0 {
		return protoreflect.EnumNumber(rapid.Int32().Draw(t, "number"))
	}
	values := enum.Values()
	return values.Get(rapid.IntRange(0, values.Len()-1).Draw(t, "value")).Number()
}

// randomMessage fills a message. Required fields are always set.
func randomMessage(t *rapid.T, m protoreflect.Message, depth int) protoreflect.Message {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		required := f.Cardinality() == protoreflect.Required
		if !required && (depth == 0 || rapid.Bool().Draw(t, "absent")) {
			continue
		}
		switch {
		case f.IsMap():
			randomMapField(t, m.Mutable(f).Map(), f, depth)
		case f.IsList():
			list := m.Mutable(f).List()
			for range rapid.IntRange(0, 3).Draw(t, "elements") {
				list.Append(randomElement(t, f, list.NewElement, depth))
			}
		default:
			m.Set(f, randomElement(t, f, func() protoreflect.Value { return m.NewField(f) }, depth))
		}
	}
	return m
}

func randomMapField(t *rapid.T, m protoreflect.Map, f protoreflect.FieldDescriptor, depth int) {
	for range rapid.IntRange(0, 3).Draw(t, "entries") {
		key := randomElement(t, f.MapKey(), nil, depth).MapKey()
		m.Set(key, randomElement(t, f.MapValue(), m.NewValue, depth))
	}
}

// randomElement returns a value of a field, or of one element of it. fresh returns a new message.
func randomElement(t *rapid.T, f protoreflect.FieldDescriptor, fresh func() protoreflect.Value, depth int) protoreflect.Value {
	switch f.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return protoreflect.ValueOfMessage(randomMessage(t, fresh().Message(), max(depth-1, 0)))
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(randomEnum(t, f.Enum()))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(rapid.Bool().Draw(t, "bool"))
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(randomString(t))
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32(randomFloat32(t))
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(randomFloat64(t))
	}
	return randomInteger(t, f.Kind())
}

func randomInteger(t *rapid.T, kind protoreflect.Kind) protoreflect.Value {
	n := rapid.Uint64().Draw(t, "integer")
	switch kind {
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return protoreflect.ValueOfUint64(n)
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(uint32(n))
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		return protoreflect.ValueOfInt64(int64(n))
	default:
		return protoreflect.ValueOfInt32(int32(n))
	}
}
