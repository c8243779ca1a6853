// Package pluginhost starts, watches and ends the plugins of a program that uses HashiCorp's go-plugin. It takes
// go-plugin's own configuration, generated or hand-written, and changes nothing on the wire: every plugin of go-plugin
// works, in any language.
//
//	p, err := pluginhost.Start(ctx, greeterv1.ClientConfig(), exec.Command("plugins/bin/greeter-english"))
//	if err != nil {
//		return err // says what was run, what happened, and what to do
//	}
//	defer p.Close(context.Background())
//	greeter, err := greeterv1.DispenseGreeter(p)
//
// # Start and end
//
// A start ends with its context, and fails with a *StartError, whose Reason a program can act on and whose text a person
// can. What a plugin prints before its handshake is logged and skipped. Close asks the plugin to end, and kills it when
// the context of Close is done: it never hangs. Nothing is left of a plugin that has ended: no process, no socket, no
// directory.
//
// A plugin that ends by itself is told by Done and Err. Calls over gRPC that it did not survive fail with an error that
// errors.Is finds ErrPluginDied in, and calls after it; its own errors are never that. (net/rpc has no place to put it:
// its calls fail with rpc.ErrShutdown or io.ErrUnexpectedEOF.)
//
// With the option Supervise, a plugin that dies is started again, and what was dispensed goes on working.
//
// # Output
//
// What a plugin writes to its stdout and stderr reaches the logger line by line, in the order of each stream, under the
// name of the executable: lines of hclog's and slog's JSON at their level with their attributes, lines of text that name
// a level ("[WARN] …", "time=… level=WARN …") at that one, panics and fatal errors with their stacks as errors, all else
// as Info. A line above 4 MiB, or PluginLogBufferSize of the configuration, comes in parts.
//
// A plugin that logs faster than the logger takes it waits, once 8 MiB are ahead of the logger. If the logger takes
// nothing for a second, lines are dropped until it does; how many, the log says. The host never waits for the log, except
// for at most a second when a plugin has ended. Stderr, SyncStdout and SyncStderr of the configuration get what go-plugin
// gives them; without SyncStdout and SyncStderr, the log gets it.
//
// # Environment
//
// A plugin gets the environment of the host (see WithHostEnv), of its command, and go-plugin's variables. The later win.
// It does not get the variables of go-plugin that the host has itself, being a plugin. Its stdin is that of the command:
// the null device by default, because a process group of its own must not read the host's terminal.
//
// # What each system gives
//
//	                                    Linux                macOS, BSD              Windows
//	group of its own: Ctrl-C stays      process group        process group           process group
//	  with the host
//	Close and the end of a plugin       its process group    its process group       its job object: all
//	  also end what it started                                                         descendants
//	host killed: the plugin             killed at once       ends itself, if it      killed at once, with
//	                                    (PDEATHSIG)          uses pluginserve          all descendants
//	private directory for sockets       mode 0700            mode 0700               in the user's own
//	  of a host that was killed         swept at the next    swept at the next         temporary directory
//	                                    Start of any host    Start of any host       swept
//	connection                          Unix socket in it    Unix socket in it       TCP on 127.0.0.1, with
//	                                                                                 mutual TLS (WithoutTLS)
//	ask a plugin to end                 go-plugin's call,    go-plugin's call,       go-plugin's call
//	                                    else SIGTERM         else SIGTERM
//
// PDEATHSIG does not reach a plugin with the set-user-ID bit or with file capabilities, nor what a plugin started
// itself: that stays when the host is killed.
package pluginhost
