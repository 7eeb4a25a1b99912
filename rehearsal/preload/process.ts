/**
 * `--require`d into Lambda's processes and the CDK CLI: AWS time for dates and timers, and a network that ends at the
 * rehearsal. The programs themselves need no test hooks.
 */
import { syncBuiltinESMExports } from 'node:module';
import { scaleTime } from './process/time';
import { divertContextFile } from './process/context-file';
import { enclose } from './process/network';

scaleTime(process.env['GREENLIGHT_CLOCK']);
divertContextFile(process.env['GREENLIGHT_CONTEXT_FILE']);
enclose({
  url: process.env['GREENLIGHT_NETWORK_URL'],
  source: process.env['GREENLIGHT_FUNCTION'] ?? '',
  // A dropped SYN is retried for about this long, here AWS time, before connect(2) gives up: tcp_syn_retries of 6 on Linux.
  afterDrop: (callback) => setTimeout(callback, 127_000),
});
// So that `import { setTimeout } from 'node:timers/promises'` sees the same functions as `require`.
syncBuiltinESMExports();
