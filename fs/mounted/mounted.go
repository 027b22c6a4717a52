// Package mounted has the tests of what programs see: the tree on a real
// mount, over the real client, against the simulated service.
package mounted
