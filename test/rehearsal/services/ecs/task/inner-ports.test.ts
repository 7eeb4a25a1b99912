import { innerPorts } from '../../../../../rehearsal/services/ecs/task/inner-ports';
import type { ContainerDefinition } from '../../../../../rehearsal/services/ecs/shapes';

const container = (more: Partial<ContainerDefinition>): ContainerDefinition => ({ name: 'web', image: 'web', ...more });

describe('the ports through which the containers of a task reach each other', () => {
  test.each<[string, Partial<ContainerDefinition>]>([
    ['a health check', { healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:9901/ready'] } }],
    ['a variable', { environment: [{ name: 'PROXY', value: 'http://127.0.0.1:9901' }] }],
    ['a command', { command: ['serve', '--upstream=localhost:9901'] }],
  ])('are those that %s mentions on localhost', (_what, more) => {
    expect(innerPorts([container(more)])).toEqual([9901]);
  });

  test('are none that a container maps, no port of another host and nothing that is no port', () => {
    const web = container({ portMappings: [{ containerPort: 8080 }] });
    const value = 'localhost:8080 db.internal:5432 localhost:99999 localhost:0';
    expect(innerPorts([web, container({ environment: [{ name: 'A', value }] })])).toEqual([]);
  });
});
