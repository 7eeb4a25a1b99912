import fc from 'fast-check';
import { addresseeOf, responseBody, type CustomResourceEvent } from '../../../lambda/shared/custom-resource';

const event: CustomResourceEvent = {
  RequestType: 'Create',
  ResponseURL: 'https://bucket.s3.amazonaws.com/key?sig=1',
  StackId: 'arn:aws:cloudformation:us-east-1:111111111111:stack/Greenlight/1',
  RequestId: 'request-1',
  LogicalResourceId: 'Release',
  ResourceProperties: {},
};

test('the physical id is made once and kept', () => {
  const made = addresseeOf(event).physicalResourceId;
  expect(made).toMatch(/^Release-[0-9a-f]{12}$/);
  expect(addresseeOf(event).physicalResourceId).toBe(made);
  expect(addresseeOf({ ...event, RequestType: 'Update', PhysicalResourceId: 'older' }).physicalResourceId).toBe(
    'older',
  );
});

test('the response copies what CloudFormation asks for', () => {
  expect(JSON.parse(responseBody(addresseeOf(event), { status: 'FAILED', reason: 'why' }))).toEqual({
    Status: 'FAILED',
    Reason: 'why',
    PhysicalResourceId: addresseeOf(event).physicalResourceId,
    StackId: event.StackId,
    RequestId: 'request-1',
    LogicalResourceId: 'Release',
  });
});

test('never exceeds 4096 bytes, whatever the reason', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), fc.nat(2_000), (reason, repeat) => {
      const body = responseBody(addresseeOf(event), { status: 'FAILED', reason: reason + '\u0000😀é'.repeat(repeat) });
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4_096);
      expect((JSON.parse(body) as { Reason: string }).Reason.length).toBeLessThanOrEqual(1_000);
    }),
  );
});
