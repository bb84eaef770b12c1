import { describeError } from './describe-error.ts';

describe('describeError', () => {
  const refused = new Error('connect ECONNREFUSED 10.0.0.1:6443');

  it.each<[string, unknown, string]>([
    ['an error', refused, 'connect ECONNREFUSED 10.0.0.1:6443'],
    [
      'a cause after the message',
      new Error('cannot watch Pods', { cause: new Error('GET /api/v1/pods', { cause: refused }) }),
      'cannot watch Pods: GET /api/v1/pods: connect ECONNREFUSED 10.0.0.1:6443',
    ],
    [
      'a cause that the message repeats, once',
      new Error(`cannot watch Pods: ${refused.message}`, { cause: refused }),
      'cannot watch Pods: connect ECONNREFUSED 10.0.0.1:6443',
    ],
    [
      'the parts of an AggregateError without a message',
      new AggregateError([refused, new Error('connect ECONNREFUSED ::1:6443')]),
      'connect ECONNREFUSED 10.0.0.1:6443; connect ECONNREFUSED ::1:6443',
    ],
    [
      'equal parts once, and not all of very many',
      new AggregateError([refused, refused, refused, refused, refused], 'the status of 5 Egresses'),
      'the status of 5 Egresses: connect ECONNREFUSED 10.0.0.1:6443; and 2 more',
    ],
    ['several lines as one', new Error('first\n  second'), 'first second'],
    ['a value that is no error', 'gone', 'gone'],
  ])('gives %s', (_, error, text) => {
    expect(describeError(error)).toBe(text);
  });
});
