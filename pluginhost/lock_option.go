package pluginhost

// A Verification is how often a plugin is compared with its lock.
type Verification int

const (
	// VerifyAlways reads the plugin's file before each start. It costs about a millisecond for each megabyte.
	VerifyAlways Verification = iota

	// VerifyOnce reads the file once for each Lock, and again when the file's identity has changed: its device, inode,
	// size, modification time or change time. The system sets the change time with every write and every change of the
	// modification time, and lets no user set it. So a file with the same identity has the same bytes, unless somebody
	// has set the system's clock back or written to the disk below the file system; whoever can do that is root, and can
	// replace the host as well. A file that changed less than 2 s before it was read is read again, because two writes
	// can have the same time. It holds for local file systems; a server of network files says what it likes. Systems
	// other than Linux and macOS have no change time that Go knows, and verify always.
	VerifyOnce
)

// WithLock starts a plugin only if its executable has the SHA-256 that lock says. Otherwise Start returns a StartError
// with the reason ChecksumMismatch, which is also ErrNotLocked or plugin.ErrChecksumsDoNotMatch.
//
// The file is read first and started after that, by its path. So a lock holds off a file that was exchanged, damaged or
// built anew before the start, by whomever. It does not hold off somebody who exchanges the file between the reading and the
// start: that takes the right to write the file or one of the directories above it, and a system on which the user of
// the host alone, or root, has that right. Discover refuses the worst of the others. Nor does it look at what the
// plugin loads or starts itself; of a script, it holds the script and not the interpreter. It does not look at a plugin
// that runs already, to which COOKIEKEY_REATTACH leads. With a RunnerFunc there is no file to look at, so Start
// fails with BadConfig.
func WithLock(lock *Lock, when Verification) Option {
	verify := lock.Verify
	if when == VerifyOnce {
		verify = lock.verifyOnce
	}
	return func(s *settings) { s.locked, s.checks = true, append(s.checks, verify) }
}
