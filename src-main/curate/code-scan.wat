;; Finds codes within a Hamming distance of one code: one function for codes of one 64-bit word, one for codes of four.
;; The loop over words is unrolled, which makes a scan two to four times faster. All addresses are in bytes.
(module
  (import "env" "memory" (memory 0))

  ;; Compares $code with the codes from $row up to $end (exclusive); there must be at least one. For each code that
  ;; differs in at most $limit bits, writes two i32 to $out: its address and distance. Returns the end of the output.
  (func (export "scanWords1")
    (param $code i32) (param $row i32) (param $end i32) (param $limit i32) (param $out i32) (result i32)
    (local $distance i32) (local $code0 i64)
    (local.set $code0 (i64.load (local.get $code)))
    (loop $rows
      (local.set $distance
        (i32.wrap_i64 (i64.popcnt (i64.xor (local.get $code0) (i64.load (local.get $row))))))

      (if (i32.le_u (local.get $distance) (local.get $limit))
        (then
          (i32.store (local.get $out) (local.get $row))
          (i32.store offset=4 (local.get $out) (local.get $distance))
          (local.set $out (i32.add (local.get $out) (i32.const 8)))))

      (local.set $row (i32.add (local.get $row) (i32.const 8)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $end))))
    (local.get $out))

  ;; The same for codes of four words.
  (func (export "scanWords4")
    (param $code i32) (param $row i32) (param $end i32) (param $limit i32) (param $out i32) (result i32)
    (local $distance i32) (local $code0 i64) (local $code1 i64) (local $code2 i64) (local $code3 i64)
    (local.set $code0 (i64.load (local.get $code)))
    (local.set $code1 (i64.load offset=8 (local.get $code)))
    (local.set $code2 (i64.load offset=16 (local.get $code)))
    (local.set $code3 (i64.load offset=24 (local.get $code)))
    (loop $rows
      (local.set $distance
        (i32.wrap_i64
          (i64.add
            (i64.add
              (i64.add
                (i64.popcnt (i64.xor (local.get $code0) (i64.load (local.get $row))))
                (i64.popcnt (i64.xor (local.get $code1) (i64.load offset=8 (local.get $row)))))
              (i64.popcnt (i64.xor (local.get $code2) (i64.load offset=16 (local.get $row)))))
            (i64.popcnt (i64.xor (local.get $code3) (i64.load offset=24 (local.get $row)))))))

      (if (i32.le_u (local.get $distance) (local.get $limit))
        (then
          (i32.store (local.get $out) (local.get $row))
          (i32.store offset=4 (local.get $out) (local.get $distance))
          (local.set $out (i32.add (local.get $out) (i32.const 8)))))

      (local.set $row (i32.add (local.get $row) (i32.const 32)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $end))))
    (local.get $out)))
