/** Shows the feedback on a module: `{course?, module}`. */
export const FEEDBACK = 'coursekit:feedback';
