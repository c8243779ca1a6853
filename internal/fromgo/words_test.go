package fromgo

import "testing"

func TestNames(t *testing.T) {
	for name, want := range map[string]struct{ snake, pascal, screaming string }{
		"userID":        {"user_id", "UserID", "USER_ID"},
		"userIDs":       {"user_ids", "UserIDs", "USER_IDS"},
		"IDsOfUsers":    {"ids_of_users", "IDsOfUsers", "IDS_OF_USERS"},
		"HTTPServer":    {"http_server", "HTTPServer", "HTTP_SERVER"},
		"JSONstring":    {"jso_nstring", "JSONstring", "JSO_NSTRING"},
		"event_kind":    {"event_kind", "EventKind", "EVENT_KIND"},
		"_x__y_":        {"x_y", "XY", "X_Y"},
		"Level2D":       {"level2d", "Level2D", "LEVEL2D"},
		"key2Value":     {"key2_value", "Key2Value", "KEY2_VALUE"},
		"CRC":           {"crc", "CRC", "CRC"},
		"x":             {"x", "X", "X"},
		"Größe":         {"gre", "Gre", "GRE"},
		"数":             {"x", "X", ""},
		"Ä2":            {"x2", "X2", "2"},
		"newUTF8Reader": {"new_utf8_reader", "NewUTF8Reader", "NEW_UTF8_READER"},
	} {
		if got := snake(name); got != want.snake {
			t.Errorf("snake(%q) = %q, want %q", name, got, want.snake)
		}
		if got := pascal(name); got != want.pascal {
			t.Errorf("pascal(%q) = %q, want %q", name, got, want.pascal)
		}
		if got := screaming(name); got != want.screaming {
			t.Errorf("screaming(%q) = %q, want %q", name, got, want.screaming)
		}
	}
}

func TestCodeOf(t *testing.T) {
	for name, want := range map[string]string{
		"ErrNotFound":         "NOT_FOUND",
		"ErrNotExist":         "NOT_FOUND",
		"ErrNoSuchKey":        "NOT_FOUND",
		"ErrMissingFile":      "NOT_FOUND",
		"ErrExist":            "ALREADY_EXISTS",
		"ErrAlreadyExists":    "ALREADY_EXISTS",
		"ErrPermission":       "PERMISSION_DENIED",
		"ErrBodyNotAllowed":   "PERMISSION_DENIED",
		"ErrUnauthorized":     "UNAUTHENTICATED",
		"ErrTimeout":          "DEADLINE_EXCEEDED",
		"ErrCanceled":         "CANCELLED",
		"ErrBadConn":          "UNAVAILABLE",
		"ErrUnsupported":      "UNIMPLEMENTED",
		"ErrTooLarge":         "RESOURCE_EXHAUSTED",
		"ErrDiskFull":         "RESOURCE_EXHAUSTED",
		"ErrOutOfRange":       "OUT_OF_RANGE",
		"ErrConflict":         "ABORTED",
		"ErrCorruptIndex":     "DATA_LOSS",
		"ErrInvalidKey":       "INVALID_ARGUMENT",
		"ErrBadPattern":       "INVALID_ARGUMENT",
		"ErrClosed":           "FAILED_PRECONDITION",
		"ErrInternal":         "INTERNAL",
		"ErrSkip":             "UNKNOWN",
		"Err":                 "UNKNOWN",
		"ErrRemoveArgument":   "UNKNOWN",
		"ErrPluginShutdown":   "UNKNOWN",
		"ErrFullyUnderstated": "UNKNOWN",
	} {
		if got := codeOf(name); got != want {
			t.Errorf("codeOf(%q) = %s, want %s", name, got, want)
		}
	}
}
