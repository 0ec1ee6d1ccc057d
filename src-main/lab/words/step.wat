;; One step of skip-gram over memory shared between threads; see `step.ts` for what it computes.
;; All addresses and sizes are in bytes. Vectors are f32; their width is a multiple of 32, and numbers past their
;; dimensions are zero and stay zero. Loops process eight numbers per iteration, in two vectors of four.
(module
  (import "env" "memory" (memory 0 65536 shared))

  (func (export "step")
    (param $input i32)   ;; the input vector; updated last
    (param $targets i32) ;; pairs of i32 (a row's address) and f32 (its label, 0 or 1)
    (param $count i32)   ;; number of pairs, at least 1
    (param $rate f32)    ;; learning rate
    (param $scratch i32) ;; scratch space for one vector: the input's update
    (param $width i32)   ;; bytes per vector
    (param $sigmoid i32) ;; table of σ from −8 to 8, 128 values per unit
    (local $at i32) (local $row i32) (local $entry i32)
    (local $x f32)
    (local $pull v128) (local $sum v128) (local $sum2 v128)

    ;; scratch = 0
    (local.set $at (i32.const 0))
    (loop $numbers
      (v128.store align=16 (i32.add (local.get $scratch) (local.get $at)) (v128.const i32x4 0 0 0 0))
      (v128.store offset=16 align=16 (i32.add (local.get $scratch) (local.get $at)) (v128.const i32x4 0 0 0 0))
      (local.set $at (i32.add (local.get $at) (i32.const 32)))
      (br_if $numbers (i32.lt_u (local.get $at) (local.get $width))))

    (loop $rows
      (local.set $row (i32.load (local.get $targets)))

      ;; x = row · input
      (local.set $sum (v128.const i32x4 0 0 0 0))
      (local.set $sum2 (v128.const i32x4 0 0 0 0))
      (local.set $at (i32.const 0))
      (loop $numbers
        (local.set $sum
          (f32x4.add
            (local.get $sum)
            (f32x4.mul
              (v128.load align=16 (i32.add (local.get $input) (local.get $at)))
              (v128.load align=16 (i32.add (local.get $row) (local.get $at))))))
        (local.set $sum2
          (f32x4.add
            (local.get $sum2)
            (f32x4.mul
              (v128.load offset=16 align=16 (i32.add (local.get $input) (local.get $at)))
              (v128.load offset=16 align=16 (i32.add (local.get $row) (local.get $at))))))
        (local.set $at (i32.add (local.get $at) (i32.const 32)))
        (br_if $numbers (i32.lt_u (local.get $at) (local.get $width))))
      (local.set $sum (f32x4.add (local.get $sum) (local.get $sum2)))
      (local.set $x
        (f32.add
          (f32.add (f32x4.extract_lane 0 (local.get $sum)) (f32x4.extract_lane 1 (local.get $sum)))
          (f32.add (f32x4.extract_lane 2 (local.get $sum)) (f32x4.extract_lane 3 (local.get $sum)))))

      ;; x = (min(max(x, −8), 8) + 8) · 128: its integer part is an index into the table of σ.
      ;; NaN becomes index 0 here; the trained vectors are checked for it.
      (local.set $entry
        (i32.add
          (i32.shl
            (local.tee $at
              (i32.trunc_sat_f32_s
                (local.tee $x
                  (f32.mul
                    (f32.add (f32.min (f32.max (local.get $x) (f32.const -8)) (f32.const 8)) (f32.const 8))
                    (f32.const 128)))))
            (i32.const 2))
          (local.get $sigmoid)))

      ;; pull = (label − σ(x)) · rate in all lanes, σ interpolated between two entries
      (local.set $pull
        (f32x4.splat
          (f32.mul
            (f32.sub
              (f32.load offset=4 (local.get $targets))
              (f32.add
                (f32.load (local.get $entry))
                (f32.mul
                  (f32.sub (local.get $x) (f32.convert_i32_s (local.get $at)))
                  (f32.sub (f32.load offset=4 (local.get $entry)) (f32.load (local.get $entry))))))
            (local.get $rate))))

      ;; scratch += pull · row, then row += pull · input
      (local.set $at (i32.const 0))
      (loop $numbers
        (local.set $sum (v128.load align=16 (i32.add (local.get $row) (local.get $at))))
        (v128.store align=16
          (i32.add (local.get $scratch) (local.get $at))
          (f32x4.add
            (v128.load align=16 (i32.add (local.get $scratch) (local.get $at)))
            (f32x4.mul (local.get $pull) (local.get $sum))))
        (v128.store align=16
          (i32.add (local.get $row) (local.get $at))
          (f32x4.add
            (local.get $sum)
            (f32x4.mul (local.get $pull) (v128.load align=16 (i32.add (local.get $input) (local.get $at))))))

        (local.set $sum (v128.load offset=16 align=16 (i32.add (local.get $row) (local.get $at))))
        (v128.store offset=16 align=16
          (i32.add (local.get $scratch) (local.get $at))
          (f32x4.add
            (v128.load offset=16 align=16 (i32.add (local.get $scratch) (local.get $at)))
            (f32x4.mul (local.get $pull) (local.get $sum))))
        (v128.store offset=16 align=16
          (i32.add (local.get $row) (local.get $at))
          (f32x4.add
            (local.get $sum)
            (f32x4.mul (local.get $pull) (v128.load offset=16 align=16 (i32.add (local.get $input) (local.get $at))))))

        (local.set $at (i32.add (local.get $at) (i32.const 32)))
        (br_if $numbers (i32.lt_u (local.get $at) (local.get $width))))

      (local.set $targets (i32.add (local.get $targets) (i32.const 8)))
      (br_if $rows (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))

    ;; input += scratch
    (local.set $at (i32.const 0))
    (loop $numbers
      (v128.store align=16
        (i32.add (local.get $input) (local.get $at))
        (f32x4.add
          (v128.load align=16 (i32.add (local.get $input) (local.get $at)))
          (v128.load align=16 (i32.add (local.get $scratch) (local.get $at)))))
      (v128.store offset=16 align=16
        (i32.add (local.get $input) (local.get $at))
        (f32x4.add
          (v128.load offset=16 align=16 (i32.add (local.get $input) (local.get $at)))
          (v128.load offset=16 align=16 (i32.add (local.get $scratch) (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 32)))
      (br_if $numbers (i32.lt_u (local.get $at) (local.get $width))))))
