package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// The environment variables that make the test binary measure a program and nothing else.
const (
	measuredProgram = "GOPLUGIN_BENCH_MEASURE"
	measuredInput   = "GOPLUGIN_BENCH_INPUT"
)

// spent is what one run of a program took.
type spent struct {
	Time, CPU time.Duration
	MaxRSS    uint64 // peak of its resident memory in bytes; 0 where the system does not tell
}

// runMeasured runs a program on the content of a file. It does so from a process of its own, because Linux counts the
// memory of the process that starts another as that of the other.
func runMeasured(program, input string) (spent, error) {
	cmd := exec.CommandContext(context.Background(), os.Args[0])
	cmd.Env = append(os.Environ(), measuredProgram+"="+program, measuredInput+"="+input)
	var message bytes.Buffer
	cmd.Stderr = &message
	var s spent
	output, err := cmd.Output()
	if err != nil {
		return s, fmt.Errorf("measure %s: %w\n%s", program, err, message.Bytes())
	}
	return s, json.Unmarshal(output, &s)
}

// runForMeasure is the other side of runMeasured.
func runForMeasure(program, input string) error {
	in, err := os.Open(input)
	if err != nil {
		return err
	}
	defer in.Close()
	cmd := exec.CommandContext(context.Background(), program)
	cmd.Stdin, cmd.Stderr = in, os.Stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return err
	}
	s := spent{time.Since(start), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), maxRSS(cmd.ProcessState)}
	return json.NewEncoder(os.Stdout).Encode(s)
}
