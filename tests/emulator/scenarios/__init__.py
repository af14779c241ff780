"""The accounts that a test can seed: `lab`, small, with every fault and its good twin, and `peers`, large."""
