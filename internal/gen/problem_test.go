package gen

import "testing"

func TestProblemsComeInTheOrderOfTheSources(t *testing.T) {
	ps := &problems{}
	ps.addf(Position{File: "b.proto", Line: 1, Column: 1}, "another file")
	ps.addf(Position{File: "a.proto", Line: 10, Column: 2}, "line 10 after line 9")
	ps.addf(Position{File: "a.proto", Line: 9, Column: 12}, "column 12 after column 3")
	ps.addf(Position{File: "a.proto", Line: 9, Column: 3}, "the first of two in one place")
	ps.addf(Position{File: "a.proto", Line: 9, Column: 3}, "a second that sorts before it")
	ps.addf(Position{File: "a.proto", Line: 9, Column: 3}, "the first of two in one place")
	ps.addf(Position{File: "a.proto"}, "about the %s", "file")
	const want = `a.proto: about the file
a.proto:9:3: the first of two in one place
a.proto:9:3: a second that sorts before it
a.proto:9:12: column 12 after column 3
a.proto:10:2: line 10 after line 9
b.proto:1:1: another file`
	if err := ps.err(); err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestNoProblemIsNoError(t *testing.T) {
	if err := new(problems).err(); err != nil {
		t.Errorf("got %v", err)
	}
}
