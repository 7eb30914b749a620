import Foundation

/// Runs command lines as a person does, with the built `resolve` on the PATH.
enum Shell {
    /// The folder of the built program, which the test bundle shares.
    static let binaries: String = {
        let bundle = Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }
        let here = URL(fileURLWithPath: CommandLine.arguments[0])
        return (bundle ?? here).deletingLastPathComponent().path
    }()

    /// What a line prints, stdout and stderr together.
    static func run(_ line: String, in folder: URL) throws -> String { try result(line + " 2>&1", in: folder).stdout }

    struct Result {
        var stdout: String
        var stderr: String
        var status: Int32
    }

    static func result(_ line: String, in folder: URL, environment: [String: String] = [:]) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", line]
        process.currentDirectoryURL = folder
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        process.environment = ["PATH": "\(binaries):\(path)", "HOME": "/nonexistent"].merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let stdout = Pipe()
        let stderr = Pipe()
        process.standardOutput = stdout
        process.standardError = stderr
        try process.run()
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        let errors = stderr.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            stdout: String(decoding: output, as: UTF8.self), stderr: String(decoding: errors, as: UTF8.self),
            status: process.terminationStatus)
    }
}
