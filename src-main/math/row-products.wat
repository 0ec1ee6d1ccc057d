;; Inner products of rows with one vector, four numbers at a time (SIMD).
;; All addresses and sizes are in bytes. Rows, vector and width are aligned to 16; rows are padded with zeros.
(module
  (import "env" "memory" (memory 0))

  ;; Writes one f32 to $products per row from $row up to $end (exclusive). There must be at least one row.
  (func (export "multiply")
    (param $row i32) (param $end i32) (param $width i32) (param $vector i32) (param $products i32)
    (local $v i32) (local $rowEnd i32) (local $sum v128)
    (loop $rows
      (local.set $sum (v128.const i32x4 0 0 0 0))
      (local.set $v (local.get $vector))
      (local.set $rowEnd (i32.add (local.get $row) (local.get $width)))

      ;; $sum += four numbers of the row times four of the vector
      (loop $numbers
        (local.set $sum
          (f32x4.add
            (local.get $sum)
            (f32x4.mul (v128.load align=16 (local.get $row)) (v128.load align=16 (local.get $v)))))
        (local.set $row (i32.add (local.get $row) (i32.const 16)))
        (local.set $v (i32.add (local.get $v) (i32.const 16)))
        (br_if $numbers (i32.lt_u (local.get $row) (local.get $rowEnd))))

      ;; sum of the four lanes, in order
      (f32.store
        (local.get $products)
        (f32.add
          (f32.add
            (f32.add (f32x4.extract_lane 0 (local.get $sum)) (f32x4.extract_lane 1 (local.get $sum)))
            (f32x4.extract_lane 2 (local.get $sum)))
          (f32x4.extract_lane 3 (local.get $sum))))
      (local.set $products (i32.add (local.get $products) (i32.const 4)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $end))))))
