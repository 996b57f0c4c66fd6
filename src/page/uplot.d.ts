// The service answers /page/uplot.js with the package's own module.
export { default } from 'uplot'
