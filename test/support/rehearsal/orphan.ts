// Started by lambda.test.ts: a local AWS whose function never yields, killed in the middle of it.
import { ScaledClock } from '../../../rehearsal/core/clock';
import { createLambda, lambdaSdk } from '../../../rehearsal/services/lambda';
import { INTERNAL } from '../../../rehearsal/core/service';
import { worldOn } from './world';

async function main(): Promise<void> {
  const world = worldOn(new ScaledClock(1));
  const lambda = createLambda(world, { readObject: async () => Buffer.from(''), sdk: lambdaSdk(world, __dirname) });
  world.add(lambda);
  world.add({
    prefix: 'logs',
    operations: {
      CreateLogStream: { handle: () => ({}) },
      PutLogEvents: {
        handle: ({ logEvents }: { logEvents: { message: string }[] }) =>
          logEvents.forEach(({ message }) => process.stdout.write(`${message}\n`)),
      },
    },
  });
  await lambda.resourceTypes?.['AWS::Lambda::Function']?.create({
    stackName: 'S',
    stackId: 'arn',
    logicalId: 'F',
    signal: new AbortController().signal,
    properties: {
      FunctionName: 'f',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::111111111111:role/f',
      Timeout: 900,
      Code: { ZipFile: `exports.handler = async () => { console.log('pid ' + process.pid); for (;;); }` },
    },
  });
  await world.call(INTERNAL, 'lambda', 'Invoke', { FunctionName: 'f' });
}

void main();
