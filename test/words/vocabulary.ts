/**
 * Words that this project does not use, with what it says instead. One word per concept, one concept per word: the concepts
 * are in docs/architecture.md. `words.ts` searches for them in every text of the repository.
 */
export interface Word {
  /** In lower case, words apart by one space: also found in camelCase, in snake_case and over the end of a line. */
  readonly words: readonly string[];
  readonly instead: string;
  /** Only in files whose path matches. Default: in all. */
  readonly within?: RegExp;
  /** Phrases in which the word is right. */
  readonly except?: readonly Exception[];
}

/** A pattern of the source text, which is searched as it is written, and why the word is right there. */
export interface Exception {
  readonly pattern: RegExp;
  readonly reason: string;
  /** Only in files whose path matches. Default: in all. */
  readonly within?: RegExp;
}

/** Exceptions for every word. */
export const QUOTED: readonly Exception[] = [
  {
    pattern: /`[^`\n]+`/g,
    within: /^(?:docs\/upgrade|CHANGELOG)\.md$/,
    reason: 'lists former names next to the new ones',
  },
];

/** Plain English. */
const PHRASES: readonly Word[] = [
  { words: ['alone'], instead: 'only, by itself', except: [{ pattern: /\bleave\w* alone\b/gi, reason: 'idiom' }] },
  { words: ['told', 'tells'], instead: 'reported, says, shows, given' },
  { words: ['knows'], instead: 'supports, has, reads' },
  { words: ['stands', 'stand for'], instead: 'is, replaces, means' },
  {
    words: ['beside', 'besides'],
    instead: 'next to, with, in addition to',
    except: [{ pattern: /\bbeside the point\b/gi, reason: 'idiom' }],
  },
  { words: ['asked for'], instead: 'requested' },
  { words: ['anew'], instead: 'again' }, // the rule names what it refuses
  { words: ['mend', 'mends', 'mended'], instead: 'fix, repair' }, // the rule names what it refuses
  { words: ['circle', 'circles'], instead: 'cycle' },
  {
    words: ['the wall', 'wall time', "wall's", 'wall clock'],
    instead: 'real time',
    except: [
      { pattern: /WallClockWindow/g, reason: "CloudWatch's own name", within: /models\/data\/cloudwatch\.json$/ },
    ],
  },
  { words: ['in words', 'of use', 'at our reading', 'hang together', 'hangs together'], instead: 'plain words' }, // the rule names what it refuses
  { words: ['is but a', 'nothing but a', 'anything but a', 'all but a', 'for but a'], instead: 'only a, except a' },
  { words: ['whoever'], instead: 'who, anyone who' }, // the rule names what it refuses
  {
    words: ['goes on', 'go on', 'going on', 'went on'],
    instead: 'continues',
    except: [{ pattern: /GoOnPolicy/g, reason: 'a logical id, which must not change' }],
  },
  {
    words: ['look', 'looks', 'looked', 'looking'],
    instead: 'check, poll, read, search',
    except: [
      { pattern: /\blook(?:s|ed|ing)?[- ]?ups?\b/gi, reason: 'the usual verb for a key and its value' },
      { pattern: /\blook(?:s|ed|ing)? (?:\w+ ){1,2}up\b/gi, reason: 'the same, with its object inside' },
      { pattern: /\blook(?:s|ed|ing)? like\b/gi, reason: 'the usual verb for an appearance' },
      { pattern: /-looking\b/gi, reason: 'the usual word for an appearance' },
    ],
  },
];

/** Concepts: what docs/architecture.md calls otherwise. */
const CONCEPTS: readonly Word[] = [
  {
    words: ['candidate', 'candidates'],
    instead: 'green',
    except: [
      { pattern: /No rollback candidate was found/g, reason: 'a sentence of ECS' },
      {
        pattern: /\bcandidate\b/g,
        reason:
          'in the report of a rehearsal, which has blue and green for the target groups: the version that is released',
        within: /^(?:rehearsal\/runner\/|docs\/rehearsal|test\/(?:scenarios|rehearsal\/runner)\/)/,
      },
    ],
  },
  {
    words: ['answer', 'answers', 'answered', 'answering'],
    instead: 'response (HTTP, CloudFormation), result (a check)',
  },
  { words: ['gate event', 'hook event', 'hook name'], instead: 'lifecycle event' },
  { words: ['time limit', 'start time limit'], instead: 'timeout' },
  { words: ['mistake', 'mistakes'], instead: 'problem' },
  {
    words: ['termination wait'],
    instead: 'bake',
    except: [
      {
        pattern: /termination_?wait(?:_?time(?:_?in_?minutes|_?started)?)?\b/gi,
        reason: "CodeDeploy's own name of the setting",
      },
      { pattern: /termination ?wait/gi, reason: "CodeDeploy's own word", within: /services\/codedeploy\// },
    ],
  },
  {
    words: ['outbound'],
    instead: 'clients, aws',
    except: [
      { pattern: /\boutbound rules?\b/gi, reason: "EC2's own word" },
      { pattern: /outbound/g, reason: "a value of EC2's", within: /models\/data\/ec2\.json$/ },
      { pattern: /allows?All(?:Ipv6)?Outbound/gi, reason: "a prop of the CDK's SecurityGroup" },
    ],
  },
  { words: ['contract', 'contracts'], instead: 'types' },
];

export const VOCABULARY: readonly Word[] = [...PHRASES, ...CONCEPTS];

/** Names are nouns for things and verbs for functions: a declaration must not have one of these. */
export const NO_NAMES: Readonly<Record<string, string>> = {
  judged: 'verdict, result',
  kept: 'what it is: response, sample, rest',
  told: 'message, problem, report',
  seen: 'what it is: ids, names, visited',
  asked: 'request, query, question',
  said: 'message, text',
  heard: 'message, event',
  meant: 'what it is',
  looked: 'what was found',
};

/** `one file a command`: a rate is written so, a distribution is not. */
export const DISTRIBUTION =
  /\bone (?:file|folder|page|table|row|line|command|function|waiter|service|request|record|result|message|entry|datum|value|test|role|rule) an? (?!second|minute|hour|day|week|month|year|time\b)[a-z]+/g;
