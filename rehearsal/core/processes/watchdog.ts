/**
 * Ends process groups when this process is gone, however it went: a shell in a session of its own reads group ids from
 * a pipe, and kills those that are left when the pipe closes, as it does on SIGKILL too. POSIX sh, so Linux and macOS.
 */
import { type ChildProcess, spawn } from 'node:child_process';

const SCRIPT = `
trap '' HUP INT TERM
groups=' '
while read -r sign group; do
  case $sign in
    +) groups="$groups$group " ;;
    -) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
exit 0
`;

export class Watchdog {
  private shell: ChildProcess | undefined;

  /** @param group id of a process group, which is its leader's process id */
  guard(group: number): void {
    this.shell ??= this.start();
    this.shell.stdin?.write(`+ ${group}\n`);
  }

  release(group: number): void {
    this.shell?.stdin?.write(`- ${group}\n`);
  }

  /** Lets the shell go; groups that are still guarded are killed. */
  stop(): void {
    this.shell?.stdin?.end();
    this.shell = undefined;
  }

  private start(): ChildProcess {
    const shell = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: {} });
    // Writing to a shell that somebody killed must not end the rehearsal.
    shell.stdin.on('error', () => undefined);
    shell.on('error', () => undefined);
    shell.unref();
    (shell.stdin as unknown as { unref?: () => void }).unref?.();
    return shell;
  }
}
