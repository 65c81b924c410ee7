/// `<start> <length> basic_target <device> <start sector>` and `<start> <length> hello_target <device>`.
package tutorial;
