package pluginhost

import (
	"bufio"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// refusal returns why the system did not start a command, from what it said and what is at the command's path.
func refusal(cmd *exec.Cmd, err error) *StartError {
	if _, dirErr := os.Stat(cmd.Dir); cmd.Dir != "" && dirErr != nil {
		return failure(BadConfig, fmt.Sprintf("its working directory: %v", dirErr), "set Dir of the command to a directory that exists", err)
	}
	path := cmd.Path
	if cmd.Dir != "" && !filepath.IsAbs(path) {
		path = filepath.Join(cmd.Dir, path)
	}
	info, statErr := os.Stat(path)
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return failure(NotFound, "it is in no directory of PATH", "install the plugin, or give the command a path with a directory", err)
	case errors.Is(err, exec.ErrDot):
		return failure(NotFound, "it is in the current directory alone, where Go does not look for commands",
			"give the command a path with a directory, such as ./"+filepath.Base(path), err)
	case errors.Is(statErr, fs.ErrNotExist):
		return failure(NotFound, "there is no such file", "build or install the plugin there, or correct the path of the command", err)
	case statErr != nil:
		return failure(NotExecutable, statErr.Error(), "let the user of the host read the directories on the path", err)
	}
	return refusedFile(path, info.Mode(), err)
}

// refusedFile is for a file that is there.
func refusedFile(path string, mode fs.FileMode, err error) *StartError {
	switch {
	case mode.IsDir():
		return failure(NotExecutable, "it is a directory", "give the path of the executable in it", err)
	case !mode.IsRegular():
		return failure(NotExecutable, fmt.Sprintf("it is no regular file (%s)", mode), "give the path of an executable", err)
	case errors.Is(err, syscall.ETXTBSY):
		return failure(NotExecutable, "another process has the file open for writing", "start it when the file is complete and closed", err)
	case errors.Is(err, fs.ErrPermission):
		return failure(NotExecutable, fmt.Sprintf("no permission to execute it (%s)", mode),
			"chmod +x "+path+"\nlook whether its file system is mounted with noexec", err)
	case errors.Is(err, fs.ErrNotExist):
		return missingInterpreter(path, err)
	case errors.Is(err, syscall.ENOEXEC), runtime.GOOS == "windows":
		return notForHere(path, err)
	}
	return failure(NotStarted, fmt.Sprintf("the system did not start it: %v", err), "look at the limits of processes, memory and open files", err)
}

// missingInterpreter is for a file that is there, while the system says that something is not.
func missingInterpreter(path string, err error) *StartError {
	if line := firstLine(path); strings.HasPrefix(line, "#!") {
		remedy := "install the interpreter, or correct the first line"
		if strings.HasSuffix(line, "\r") {
			remedy = "save the script with Unix line ends: its first line ends with a carriage return"
		}
		return failure(MissingInterpreter, fmt.Sprintf("the interpreter of its first line, %q, is not there", line), remedy, err)
	}
	return failure(MissingInterpreter, "the loader that it asks for is not there: "+loaderOf(path),
		"build it statically (CGO_ENABLED=0)\nbuild it for the C library of this system", err)
}

// notForHere is for a file that the system cannot execute.
func notForHere(path string, err error) *StartError {
	here := runtime.GOOS + "/" + runtime.GOARCH
	if kind := executableKind(path); kind != "" {
		return failure(WrongArchitecture, fmt.Sprintf("it is %s, and this host runs on %s", kind, here),
			"build or download the plugin for "+here, err)
	}
	switch line := firstLine(path); {
	case line == "":
		return failure(NotExecutable, "the file is empty", "build or download it again", err)
	case isText(line):
		return failure(NotExecutable, fmt.Sprintf("it is a text file whose first line names no interpreter: %q", line),
			`let a script begin with a line such as "#!/bin/sh"`, err)
	}
	return failure(NotExecutable, fmt.Sprintf("the system cannot execute it: %v", err), "build or download it again: it may be incomplete", err)
}

// firstLine returns the start of a file, to its first newline.
func firstLine(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	line, _ := bufio.NewReader(io.LimitReader(file, 80)).ReadString('\n')
	return strings.TrimSuffix(line, "\n")
}

func isText(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r == '\uFFFD' || r < ' ' && r != '\t' && r != '\r' })
}

// loaderOf returns the dynamic loader that an ELF executable names.
func loaderOf(path string) string {
	file, err := elf.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	for _, program := range file.Progs {
		if program.Type == elf.PT_INTERP {
			loader, err := io.ReadAll(io.LimitReader(program.Open(), 4096))
			if err == nil {
				return strings.TrimRight(string(loader), "\x00")
			}
		}
	}
	return ""
}

// executableKind returns what kind of executable a file is, or nothing.
func executableKind(path string) string {
	if file, err := elf.Open(path); err == nil {
		defer file.Close()
		return fmt.Sprintf("an executable for %s (ELF)", architecture(strings.TrimPrefix(file.Machine.String(), "EM_")))
	}
	if file, err := macho.Open(path); err == nil {
		defer file.Close()
		return fmt.Sprintf("a macOS executable for %s", architecture(strings.TrimPrefix(file.Cpu.String(), "Cpu")))
	}
	if file, err := macho.OpenFat(path); err == nil {
		defer file.Close()
		return "a macOS executable for several processors"
	}
	if file, err := pe.Open(path); err == nil {
		defer file.Close()
		return fmt.Sprintf("a Windows executable for %s", machine(file.Machine))
	}
	return ""
}

// architecture returns Go's name for a processor, where the formats have another one.
func architecture(name string) string {
	switch name {
	case "X86_64", "Amd64":
		return "amd64"
	case "AARCH64", "Arm64":
		return "arm64"
	case "RISCV":
		return "riscv64"
	case "LOONGARCH":
		return "loong64"
	}
	return strings.ToLower(name)
}

func machine(id uint16) string {
	switch id {
	case pe.IMAGE_FILE_MACHINE_AMD64:
		return "amd64"
	case pe.IMAGE_FILE_MACHINE_ARM64:
		return "arm64"
	case pe.IMAGE_FILE_MACHINE_I386:
		return "386"
	}
	return fmt.Sprintf("machine %#x", id)
}
