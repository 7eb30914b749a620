import Foundation

/// The built `resolve`, which lies beside the test bundle, run as a person runs it: as a process in a folder of its own.
package enum Program {
    package struct Result {
        package var stdout: String
        package var stderr: String
        package var status: Int32
    }

    /// A fresh folder with those files, removed after `body`.
    package static func withFolder<T>(_ files: [(path: String, text: String)], _ body: (URL) throws -> T) throws -> T {
        // How many bytes its name has is not how many letters.
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("résolve-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (path, text) in files {
            let file = folder.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return try body(folder)
    }

    /// Runs `resolve` with nothing of this process's environment, and without a cache folder.
    ///
    /// - Parameter variables: what it finds in its environment besides.
    package static func run(
        _ arguments: [String], in folder: URL, with variables: [String: String] = [:]
    ) throws -> Result {
        try launch(
            URL(fileURLWithPath: binaries).appendingPathComponent("resolve"), arguments, in: folder,
            path: "/usr/bin:/bin", variables)
    }

    /// Runs a command line, with `resolve` on the PATH.
    package static func shell(_ line: String, in folder: URL) throws -> Result {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return try launch(URL(fileURLWithPath: "/bin/bash"), ["-c", line], in: folder, path: "\(binaries):\(path)")
    }

    /// What a command line prints, stdout and stderr together.
    package static func output(_ line: String, in folder: URL) throws -> String {
        try shell("{ \(line)\n} 2>&1", in: folder).stdout
    }

    /// The folder of the built program, which the test bundle shares.
    private static let binaries: String = {
        let bundle = Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }
        let here = URL(fileURLWithPath: CommandLine.arguments[0])
        return (bundle ?? here).deletingLastPathComponent().path
    }()

    private static func launch(
        _ program: URL, _ arguments: [String], in folder: URL, path: String, _ variables: [String: String] = [:]
    ) throws -> Result {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ["PATH": path, "HOME": "/nonexistent"].merging(variables) { $1 }
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
