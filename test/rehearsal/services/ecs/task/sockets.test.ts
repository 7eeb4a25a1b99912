import { spawn } from 'node:child_process';
import { listeningIn, listeningSockets, namesIn } from '../../../../../rehearsal/services/ecs/task/sockets';
import { processesOf } from '../../../../support/processes';
import { until } from '../../../../support/until';

const HEADER = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const row = (local: string, state: string, inode: number) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0000 100 0 0 10 0`;

test('a table of /proc/net names what listens, with addresses as people write them', () => {
  const table = [
    HEADER,
    row('0100007F:1F90', '0A', 1),
    row('00000000:0050', '0A', 2),
    row('0100007F:1F91', '01', 3),
    row('00000000000000000000000000000000:1F40', '0A', 4),
    row('00000000000000000000000001000000:1F41', '0A', 5),
    row('0000000000000000FFFF00000100007F:1F42', '0A', 6),
    '',
  ].join('\n');
  expect(listeningIn(table).map(({ address, port, inode }) => `${inode} ${address} ${port}`)).toEqual([
    ...['1 127.0.0.1 8080', '2 0.0.0.0 80', '4 :: 8000', '5 ::1 8001', '6 ::ffff:127.0.0.1 8002'],
  ]);
});

test('lsof names them with every address as a star', () => {
  expect(namesIn('p4711\nf22\nn*:8080\nn127.0.0.1:3000\nn[::1]:3001\n')).toEqual([
    { address: '*', port: 8080, isApart: false },
    { address: '127.0.0.1', port: 3000, isApart: false },
    { address: '::1', port: 3001, isApart: false },
  ]);
});

test('a process is asked with all that it started, also what has left its group', async () => {
  const listen = `require('net').createServer().listen(0, '127.0.0.1')`;
  const script = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(listen)}], { detached: true })`;
  const child = spawn(process.execPath, ['-e', script], { detached: true, stdio: 'ignore' });
  try {
    const [socket] = await until('the grandchild to listen', async () => {
      const found = await listeningSockets(child.pid ?? 0);
      return found.length > 0 ? found : undefined;
    });
    expect(socket).toMatchObject({ address: '127.0.0.1', isApart: false });
  } finally {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    for (const { pid } of processesOf(listen)) process.kill(pid, 'SIGKILL');
  }
});
