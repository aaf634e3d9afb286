/** Shows a module as a simple page: the one in `args.module`, or the one that is before the learner. */
export const PLAIN = 'coursekit:plain';
