import { XMLParser } from 'fast-xml-parser';
import { decodeEc2Query, decodeQuery } from '../../../../rehearsal/core/wire/query';

const read = (xml: string) => new XMLParser({ ignoreAttributes: false }).parse(xml) as Record<string, unknown>;
const decode = (text: string) => decodeQuery(new URLSearchParams(text), 'urn:ns');

describe('query protocol', () => {
  test('lists of structures, in the order of their numbers', () => {
    const many = Array.from(
      { length: 11 },
      (_, index) => `Parameters.member.${index + 1}.ParameterKey=k${index + 1}`,
    ).join('&');
    const { operation, input } = decode(
      `Action=CreateChangeSet&Version=1&${many}&Capabilities.member.1=CAPABILITY_IAM`,
    );
    expect(operation).toBe('CreateChangeSet');
    expect(input).toEqual({
      Parameters: Array.from({ length: 11 }, (_, index) => ({ ParameterKey: `k${index + 1}` })),
      Capabilities: ['CAPABILITY_IAM'],
    });
  });

  test('flattened lists, maps, nested values, empty parameters', () => {
    expect(
      decode('Action=A&Id.1=a&Id.2=b&M.entry.1.key=x&M.entry.1.value=1&S.T.U=v&Empty=&L.member.1.Value=').input,
    ).toEqual({
      Id: ['a', 'b'],
      M: { x: '1' },
      S: { T: { U: 'v' } },
      L: [{ Value: '' }],
    });
  });

  test('no parameters give an empty input, no action is an error', () => {
    expect(decode('Action=A&Version=1').input).toEqual({});
    expect(() => decode('Version=1')).toThrow('missing an action');
  });

  test('names of Object.prototype are plain names', () => {
    expect(decode('Action=A&__proto__.x=1&constructor.member.1=c').input).toEqual(
      JSON.parse('{"__proto__":{"x":"1"},"constructor":["c"]}'),
    );
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('responses: lists, times, absent members, text that XML cannot hold', () => {
    const output = {
      Stacks: [{ Name: 'a<b', At: new Date(0), None: undefined, Tags: [], Bad: 'x\u0000y' }],
      Flag: false,
    };
    const { body } = decode('Action=DescribeStacks').codec.success(output, 'id-1');
    expect(read(String(body))['DescribeStacksResponse']).toEqual({
      '@_xmlns': 'urn:ns',
      DescribeStacksResult: {
        Stacks: { member: { Name: 'a<b', At: '1970-01-01T00:00:00.000Z', Tags: '', Bad: 'x\ufffdy' } },
        Flag: false,
      },
      ResponseMetadata: { RequestId: 'id-1' },
    });
  });

  test('errors say whose fault it is', () => {
    const { codec } = decode('Action=A');
    const failure = codec.failure({ code: 'ValidationError', message: 'no <x>', statusCode: 400 }, 'id-1');
    expect(failure.status).toBe(400);
    expect(read(String(failure.body))['ErrorResponse']).toMatchObject({
      Error: { Type: 'Sender', Code: 'ValidationError', Message: 'no <x>' },
      RequestId: 'id-1',
    });
  });
});

test("EC2's lists have the plural names of its SDK", () => {
  const form = new URLSearchParams('Action=DescribeSubnets&SubnetId.1=s-1&Filter.1.Name=vpc-id&Filter.1.Value.1=v');
  expect(decodeEc2Query(form, 'urn:ec2').input).toEqual({
    SubnetIds: ['s-1'],
    Filters: [{ Name: 'vpc-id', Values: ['v'] }],
  });
});
