import { z } from 'zod';
import { freeMap } from '../../../common/schema/fields';

const cidr = z.string().regex(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, 'an IPv4 block such as 10.0.0.0/16');
const tags = freeMap(z.string()).default({});

const subnet = z.strictObject({
  id: z
    .string()
    .regex(/^subnet-[0-9a-zA-Z]+$/, 'such as subnet-0a1b2c')
    .optional()
    .describe('The id of the subnet; by default a generated one'),
  zone: z
    .string()
    .regex(/^[a-f]$/, 'the letter of an availability zone, such as a')
    .describe('The letter of the availability zone'),
  cidr: cidr.describe('The IPv4 addresses of the subnet'),
  type: z.enum(['public', 'private', 'isolated']).describe('What the route table of the subnet routes to'),
  name: z.string().min(1).optional().describe("The name of the subnet's group; by default the type"),
});

const vpc = z.strictObject({
  id: z
    .string()
    .regex(/^vpc-[0-9a-zA-Z]+$/, 'such as vpc-0a1b2c')
    .optional()
    .describe('The id of the VPC; by default a generated one'),
  cidr: cidr.default('10.0.0.0/16').describe('The IPv4 addresses of the VPC'),
  default: z.boolean().default(false).describe('Whether it is the default VPC of its Region'),
  tags: tags.describe('The tags of the VPC, by which a lookup may find it'),
  subnets: z.array(subnet).min(1).describe('The subnets of the VPC'),
});

/** What an account and a Region have before the first release: what stacks look up and do not create. */
export const seedSchema = z.strictObject({
  account: z
    .string()
    .regex(/^\d{12}$/, 'twelve digits, in quotes')
    .optional()
    .describe("The account; by default the deployer's"),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'such as eu-west-1')
    .optional()
    .describe("The Region; by default the deployer's"),
  vpcs: z.array(vpc).default([]).describe('The VPCs of the account in this Region'),
  parameters: freeMap(z.string()).default({}).describe('SSM parameters by name'),
});

export type Seed = z.infer<typeof seedSchema>;
export type SeededVpc = z.infer<typeof vpc>;

/** The example in the message for an app that looks up what does not exist. */
export const seedExample = `seed:
  - account: '111111111111' # of the stack's env
    region: eu-west-1
    vpcs:
      - id: vpc-0a1b2c3d
        tags: { Name: shared }
        subnets:
          - { zone: a, cidr: 10.0.0.0/24, type: public }
          - { zone: b, cidr: 10.0.1.0/24, type: public }
          - { zone: a, cidr: 10.0.2.0/24, type: private }
          - { zone: b, cidr: 10.0.3.0/24, type: private }
    parameters: { /shared/certificate-arn: 'arn:aws:acm:eu-west-1:111111111111:certificate/1' }`;
