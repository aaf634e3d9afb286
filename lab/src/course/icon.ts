/** The course's sign in the side bar: a path from door to door. */
import { LabIcon } from '@jupyterlab/ui-components';

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M4 3h7v8H4zm1.800 1.800v4.400h3.400V4.800z" fill-rule="evenodd"/>
    <path d="M13 13h7v8h-7zm1.800 1.800v4.400h3.400v-4.400z" fill-rule="evenodd"/>
    <path d="M13 6.100h4.900v4.900h-1.800V7.900H13zM6.100 13h1.800v3.100H11v1.800H6.100z"/>
  </g>
</svg>`;

export const courseIcon = new LabIcon({ name: '@coursekit/lab:course', svgstr: SVG });
