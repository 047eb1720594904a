// `import Salience` is enough: what its own declarations are made of comes with it. Backends do not, which
// `Pipeline.Device` chooses.
@_exported import SalienceAttribution
@_exported import SalienceDatasets
@_exported import SalienceFoundation
@_exported import SalienceModels
@_exported import SaliencePipeline
@_exported import SalienceReports
@_exported import SalienceTensors
@_exported import SalienceTokenizers
