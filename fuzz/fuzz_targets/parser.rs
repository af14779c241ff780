#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| afterlab_fuzz::parser(data));
