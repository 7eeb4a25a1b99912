import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { mockClient } from 'aws-sdk-client-mock';
import { aws } from '../../../lambda/release/aws';

const logs = mockClient(CloudWatchLogsClient);
beforeEach(() => logs.reset());

const place = { LogGroup: '/ecs/web', StreamPrefix: 'web', ContainerName: 'app' };
const taskLines = () => aws.taskLines(place, '1a2b3c4d');
const events = (lines: readonly string[]) => lines.map((message) => ({ message }));
const frames = (count: number) => Array.from({ length: count }, (_, index) => `    at step${index} (/app/server.js:1)`);

test("the reason of a release begins with the error above a stack's last frames, then the last five lines", async () => {
  const stack = ['listening soon', "Error: Cannot find module 'express'", ...frames(9), 'Node.js v22.11.0'];
  logs.on(FilterLogEventsCommand).resolves({ events: events(stack) });
  expect(await taskLines()).toEqual(["Error: Cannot find module 'express'", ...stack.slice(-5)]);
  expect(logs.commandCalls(FilterLogEventsCommand)[0]?.args[0].input).toMatchObject({
    logGroupName: '/ecs/web',
    logStreamNames: ['web/app/1a2b3c4d'],
  });
});

test('an error among the last five lines is not said twice', async () => {
  const lines = ['Traceback (most recent call last):', '  File "app.py", line 1, in <module>', "KeyError: 'DB_URL'"];
  logs.on(FilterLogEventsCommand).resolves({ events: events(lines) });
  expect(await taskLines()).toEqual(lines);
});

test('the last lines are those of the last page, and an error of long before is none of the end', async () => {
  logs.on(FilterLogEventsCommand).resolvesOnce({ events: events(['Error: retried']), nextToken: 'more' });
  logs.on(FilterLogEventsCommand, { nextToken: 'more' }).resolves({
    events: events([...Array.from({ length: 50 }, (_, index) => `request ${index}`)]),
  });
  expect(await taskLines()).toEqual(['request 45', 'request 46', 'request 47', 'request 48', 'request 49']);
});

test('a task that wrote nothing has no lines', async () => {
  logs.on(FilterLogEventsCommand).resolves({ events: [] });
  expect(await taskLines()).toEqual([]);
});
